import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CHECKS } from '../../../src/diagnosis/all-checks.ts';
import {
  CHECK_IDS,
  well,
  type Check,
  type CheckId,
  type Finding,
} from '../../../src/diagnosis/check.ts';
import { renderChecks, reportChecks } from '../../../src/diagnosis/doctor-report.ts';
import { runChecks, type CheckResult } from '../../../src/diagnosis/run-checks.ts';
import { openSubject } from '../../../src/diagnosis/subject.ts';
import { DEFAULT_SETTINGS } from '../../../src/project/settings.ts';
import { makeWorkspace } from '../chroma/tls-fixture.ts';
import { openContext } from '../workspace/open-context.ts';

const BROKEN: Finding = {
  kind: 'broken',
  problems: [{ code: 'x', what: 'It fell.', why: 'It was\ntall.', next: 'Lift it.' }],
};
const NO_SECRETS = { values: [], home: '', user: '' };

async function run(
  findings: Partial<Record<CheckId, Finding | Error>>,
): Promise<readonly CheckResult[]> {
  const context = await openContext(await makeWorkspace(), DEFAULT_SETTINGS);
  const checks = CHECKS.map((check): Check => {
    const found = findings[check.id] ?? well('Well.');
    const look = () => (found instanceof Error ? Promise.reject(found) : Promise.resolve(found));
    return { ...check, look };
  });
  const { signal } = new AbortController();
  return runChecks(checks, openSubject({ ...context, signal, now: Date.now }));
}

describe('the checks', () => {
  it('are each there once, in the order of their names, after none that comes later', () => {
    assert.deepEqual(
      CHECKS.map(({ id }) => id),
      CHECK_IDS,
    );
    for (const { id, after } of CHECKS) {
      for (const cause of after) {
        assert.ok(CHECK_IDS.indexOf(cause) < CHECK_IDS.indexOf(id), `${id} after ${cause}`);
      }
    }
  });

  it('name a fault once, and what follows from it not', async () => {
    const results = await run({ certificate: BROKEN, handshake: BROKEN, heartbeat: BROKEN });
    const { ok, checks } = reportChecks(results, NO_SECRETS);
    assert.equal(ok, false);
    assert.deepEqual(
      checks.filter((check) => !check.ok).map(({ id, seen, cure }) => ({ id, seen, cure })),
      [{ id: 'certificate', seen: 'It fell. It was\ntall.', cure: 'Lift it.' }],
    );
    const skipped = checks.filter((check) => check.skipped);
    assert.deepEqual(
      skipped.map(({ id }) => id),
      ['handshake', 'heartbeat'],
    );
    const lines = renderChecks(results, NO_SECRETS).split('\n');
    assert.equal(lines.length, CHECK_IDS.length + 1);
    assert.match(lines.at(-1) ?? '', /^1 of \d+ checks found a fault\.$/);
  });

  it('go on where one cannot look', async () => {
    const results = await run({ image: new Error('no such thing') });
    const broken = results.filter(({ finding }) => finding.kind === 'broken');
    assert.deepEqual(
      broken.map(({ id }) => id),
      ['image'],
    );
  });
});
