import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { fingerprintOf } from '../../../../src/chroma/status/reduce-snapshot.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { holdDataLock } from '../../../../src/project/data-lock.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { generate, generateFirst } from '../../../../src/workspace/generate.ts';
import { renew } from '../../../../src/workspace/public/renew.ts';
import { until } from '../../../harness/until.ts';
import { openContext } from '../open-context.ts';

describe('a renewal that a user asks for', () => {
  it('is not made once more where another window made it meanwhile', async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-renew-'));
    const other = await openContext(workspace, DEFAULT_SETTINGS);
    const { signal } = new AbortController();
    await generateFirst(other, signal);
    const before = fingerprintOf(other.server.snapshot);
    const context = await openContext(workspace, DEFAULT_SETTINGS);
    const lock = join(workspaceDataFolder(workspace), 'renewal.lock');
    const explain = (): never => assert.fail();
    let waiting: ReturnType<typeof renew> | undefined;
    await holdDataLock(lock, { doing: 'renewing', explain }, async () => {
      waiting = renew(context, { force: true, signal, report: () => undefined });
      await until(
        'it has seen the former',
        () => fingerprintOf(context.server.snapshot) === before,
      );
      await generate(other, { signal });
    });
    assert.equal((await waiting)?.kind, 'waits');
    const made = fingerprintOf(other.server.snapshot);
    assert.notEqual(made, before);
    assert.equal(fingerprintOf(context.server.snapshot), made);

    const again = await renew(context, { force: true, signal, report: () => undefined });
    assert.equal(again.kind, 'renewed', 'nobody else is at it');
  });
});
