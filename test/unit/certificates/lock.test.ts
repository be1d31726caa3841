import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { mock } from 'node:test';
import { beforeEach, describe, it } from 'mocha';
import { inspectCertificate } from '../../../src/certificates/inspect.ts';
import { holdLock } from '../../../src/certificates/lock.ts';
import { workspaceDataFolder } from '../../../src/project/data-folder.ts';
import { makeWorkspace, type WorkspaceFixture } from './workspace-fixture.ts';

describe('lock', function () {
  this.timeout(30_000);
  let fixture: WorkspaceFixture;
  let file = '';

  beforeEach(async () => {
    fixture = await makeWorkspace();
    file = join(workspaceDataFolder(fixture.workspace), 'generate.lock');
  });

  async function leaveLock(text: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  function holderOf(pid: number): string {
    return JSON.stringify({ pid, host: hostname(), token: 'another' });
  }

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
    await assert.rejects(stat(file), { code: 'ENOENT' });
  });

  it('stays fresh for as long as its work takes, so that nobody takes it over', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      await holdLock(fixture.workspace, async () => {
        await utimes(file, new Date(0), new Date(0));
        mock.timers.tick(60_000);
        const deadline = Date.now() + 5000;
        while ((await stat(file)).mtimeMs < deadline - 60_000) assert.ok(Date.now() < deadline);
        await writeFile(file, holderOf(process.ppid));
        await utimes(file, new Date(0), new Date(0));
        mock.timers.tick(60_000);
        await new Promise((resolve) => setTimeout(resolve, 100));
        assert.equal((await stat(file)).mtimeMs, 0, 'it is another’s by now');
      });
    } finally {
      mock.timers.reset();
    }
  });

  it('is released by work that fails', async () => {
    const failure = new Error('no');
    await assert.rejects(
      holdLock(fixture.workspace, () => Promise.reject(failure)),
      failure,
    );
    await holdLock(fixture.workspace, () => Promise.resolve());
  });

  it('waits for a process that lives', async () => {
    await leaveLock(holderOf(process.ppid));
    const early = holdLock(fixture.workspace, () => Promise.resolve('in'));
    const first = await Promise.race([
      early,
      new Promise((resolve) => setTimeout(resolve, 300, 'waiting')),
    ]);
    assert.equal(first, 'waiting');
    assert.equal(await readFile(file, 'utf8'), holderOf(process.ppid));
    await leaveLock(holderOf(deadPid()));
    assert.equal(await early, 'in');
  });

  it('says who is at work when it waited a minute for nothing, and blames no folder', async () => {
    await leaveLock(holderOf(process.ppid));
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
      const refused = assert.rejects(fixture.generate(), {
        code: 'generation-busy',
        message: /Another window is at work.*generate\.lock.*Wait for it/,
      });
      // Past its deadline, and before the lock would count as left behind.
      await new Promise((resolve) => setTimeout(resolve, 200));
      mock.timers.tick(61_000);
      await refused;
    } finally {
      mock.timers.reset();
    }
    assert.equal(await readFile(file, 'utf8'), holderOf(process.ppid));
  });

  for (const [what, leave] of [
    ['whose process is gone', (): string => holderOf(deadPid())],
    ['that is too old', (): string => holderOf(process.ppid)],
    ['that was never written to its end', (): string => '{"pid":'],
  ] as const) {
    it(`takes over a lock ${what}, once`, async () => {
      await leaveLock(leave());
      if (!what.includes('gone')) await utimes(file, new Date(0), new Date(0));
      let running = 0;
      const work = async (): Promise<void> => {
        running += 1;
        assert.equal(running, 1);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
      };
      await Promise.all(Array.from({ length: 5 }, () => holdLock(fixture.workspace, work)));
      assert.deepEqual(await readdir(dirname(file)), []);
    });
  }
});

/** A process that has certainly ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}
