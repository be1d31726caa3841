import assert from 'node:assert/strict';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { beforeEach, describe, it } from 'mocha';
import { inspectCertificate } from '../../../../src/certificates/inspect/inspect.ts';
import { holdLock } from '../../../../src/certificates/folder/certificate-lock.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { identifySelf } from '../../../../src/system/processes/process-identity.ts';
import { until } from '../../../harness/until.ts';
import { makeWorkspace, type WorkspaceFixture } from '../workspace-fixture.ts';

describe('the lock of a certificate', () => {
  let fixture: WorkspaceFixture;
  let lock = '';

  beforeEach(async () => {
    fixture = await makeWorkspace();
    lock = join(workspaceDataFolder(fixture.workspace), 'certificate.lock');
  });

  it('lets windows that generate at once take turns: a whole pair, and every other one kept', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => fixture.generate()));
    const state = await inspectCertificate(fixture.folder, 'localhost');
    assert.ok(state.kind === 'present');
    assert.deepEqual(state.facts.problems, []);
    const serials = new Set(results.map(({ facts }) => facts.serial));
    assert.equal(serials.size, 6);
    assert.equal(results.filter(({ authority }) => authority === 'created').length, 1);
    const kept = (await readdir(fixture.folder)).filter((name) => name.startsWith('backup-'));
    assert.equal(kept.length, 5);
  });

  it('runs one piece of work at a time, and is gone after the last', async () => {
    let running = 0;
    const work = async (): Promise<void> => {
      running += 1;
      assert.equal(running, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => holdLock(fixture.workspace, work)));
    await assert.rejects(stat(lock), { code: 'ENOENT' });
  });

  it('is released by work that fails', async () => {
    const failure = new Error('no');
    await assert.rejects(
      holdLock(fixture.workspace, () => Promise.reject(failure)),
      failure,
    );
    await holdLock(fixture.workspace, () => Promise.resolve());
  });

  it('says who is at work when it waited a minute for nothing, and blames no folder', async () => {
    const other = { ...(await identifySelf()), doing: 'changing the certificate' };
    await mkdir(lock, { recursive: true });
    await writeFile(join(lock, 'token'), JSON.stringify(other));
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const { mock: lookedFor } = mock.method(process, 'kill');
    try {
      const refused = assert.rejects(fixture.generate(), {
        code: 'generation-busy',
        message: /Another window.*process \d+ did not finish.*Wait for it/,
      });
      await until('it looks whether the other lives', () => lookedFor.callCount() > 0);
      mock.timers.tick(61_000);
      await refused;
    } finally {
      lookedFor.restore();
      mock.timers.reset();
    }
    assert.deepEqual(await readdir(lock), ['token']);
  });
});
