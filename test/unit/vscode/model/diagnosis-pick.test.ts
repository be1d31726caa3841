import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { skipped, well } from '../../../../src/diagnosis/check.ts';
import type { CheckResult } from '../../../../src/diagnosis/run-checks.ts';
import { deriveStatus } from '../../../../src/chroma/status/derive-status.ts';
import { renderDiagnosis } from '../../../../src/vscode/model/diagnosis-pick.ts';
import { renderStatusBar } from '../../../../src/vscode/model/status-bar.ts';
import { NOW, SAMPLES } from '../samples.ts';

const TAKEN: CheckResult = {
  id: 'port',
  finding: {
    kind: 'broken',
    problems: [{ code: 'port-taken', what: 'Port 8000 is taken.', why: 'It is held by nginx.' }],
  },
  cure: { text: 'Port 8001 is free.', action: { usePort: 8001 } },
};

const SECRETS = { values: [], home: '/home/alice', user: 'alice' };

describe('the list of what the doctor found', () => {
  it('begins with what is broken, with the button that cures it', () => {
    const results: readonly CheckResult[] = [
      { id: 'engine', finding: well('docker 27') },
      TAKEN,
      { id: 'clock', finding: skipped('No server runs.') },
    ];
    const { title, rows } = renderDiagnosis({ results, secrets: SECRETS });
    assert.equal(title, 'Chroma: 1 fault');
    const [heading, fault] = rows;
    assert.deepEqual(heading, { kind: 'heading', label: 'Broken' });
    assert.ok(fault?.kind === 'check');
    assert.deepEqual(
      [fault.label, fault.description, fault.detail],
      ['Port', 'Use Port 8001', 'Port 8000 is taken. It is held by nginx. Port 8001 is free.'],
    );
    assert.deepEqual(fault.cure?.arguments, [{ port: 8001 }]);
    assert.deepEqual(
      rows.map((row) => row.label),
      [
        'Broken',
        'Port',
        'For an issue',
        'Copy Report',
        'Well',
        'Container engine',
        'Passed over',
        'Clock',
      ],
    );
  });

  it('says of a fault what the status bar says of it', () => {
    const snapshot = SAMPLES.unreachable;
    const status = deriveStatus(snapshot, NOW);
    assert.ok(status.state === 'unreachable');
    const finding = { kind: 'broken', problems: [status.failure] } as const;
    const results = [{ id: 'heartbeat', finding }] as const;
    const { rows } = renderDiagnosis({ results, secrets: SECRETS });
    const fault = rows.find((row) => row.kind === 'check');
    const bar = renderStatusBar({ kind: 'folder', snapshot }, NOW);
    assert.ok(fault?.detail !== undefined);
    assert.ok(bar?.tooltip.troubles.some((trouble) => fault.detail?.startsWith(trouble)));
  });

  it('copies a row without what the report leaves out', () => {
    const problem = { code: 'port-taken', what: 'It is held by alice-app-1.' };
    const results: readonly CheckResult[] = [
      { id: 'port', finding: { kind: 'broken', problems: [problem] } },
      { id: 'engine', finding: well('docker, /home/alice/bin/docker') },
    ];
    const { rows } = renderDiagnosis({ results, secrets: SECRETS });
    const copied = rows.flatMap((row) => (row.kind === 'check' ? [row.copies] : []));
    assert.deepEqual(copied, ['It is held by USER-app-1.', 'docker, ~/bin/docker']);
  });

  it('says that nothing is broken', () => {
    const results = [{ id: 'engine', finding: well('docker') }] as const;
    const { title } = renderDiagnosis({ results, secrets: SECRETS });
    assert.equal(title, 'Chroma: Nothing is broken');
  });
});
