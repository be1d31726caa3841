import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { after, before, beforeEach, describe, it } from 'mocha';
import { holdStartLock, readStartLock } from '../../../src/chroma/start-lock.ts';
import { workspaceDataFolder } from '../../../src/project/data-folder.ts';
import { LockProcesses } from '../system/files/lock-processes.ts';

describe('whose turn it is to start or stop a server', () => {
  let processes: LockProcesses;
  let workspace = '';
  let lock = '';

  before(async () => {
    processes = new LockProcesses(await mkdtemp(join(tmpdir(), 'chroma-tls-lock-code-')));
    await processes.prepare();
  });
  beforeEach(async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-turn-'));
    await mkdir(workspaceDataFolder(workspace), { recursive: true });
    lock = join(workspaceDataFolder(workspace), 'start.lock');
  });
  after(() => {
    processes.endAll();
  });

  it('is told by who holds the lock, and by nobody once that one is killed', async () => {
    assert.deepEqual(await readStartLock(workspace), { kind: 'free' });
    const other = await processes.hold(lock);
    assert.deepEqual(await readStartLock(workspace), {
      kind: 'held',
      doing: 'starting',
      pid: other.pid,
      isOurs: false,
    });
    other.kill('SIGKILL');
    await once(other, 'exit');
    assert.deepEqual(await readStartLock(workspace), { kind: 'free' });
    await holdStartLock(workspace, { doing: 'stopping' }, async () => {
      const held = await readStartLock(workspace);
      assert.ok(held.kind === 'held' && held.isOurs && held.doing === 'stopping');
    });
    assert.deepEqual(await readStartLock(workspace), { kind: 'free' });
  });

  it('is waited for by a start, which hears for whom, until that is called off', async () => {
    const other = await processes.hold(lock);
    const controller = new AbortController();
    const heard: string[] = [];
    const waiting = (text: string): void => {
      heard.push(text);
      controller.abort();
    };
    const { signal } = controller;
    await assert.rejects(
      holdStartLock(workspace, { doing: 'starting', signal, waiting }, () => Promise.resolve()),
      { name: 'AbortError' },
    );
    assert.equal(heard.length, 1);
    assert.match(heard[0] ?? '', new RegExp(`process ${other.pid}\\) is starting the server`));
  });

  it('is not waited for longer than a minute by a stop, which says who is at work', async () => {
    const other = await processes.hold(lock);
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
      const waiting = (): void => {
        mock.timers.tick(61_000);
      };
      await assert.rejects(
        holdStartLock(workspace, { doing: 'stopping', waiting }, () => Promise.resolve()),
        {
          code: 'start-busy',
          message: new RegExp(`is starting the server.*process ${other.pid} `),
        },
      );
    } finally {
      mock.timers.reset();
    }
  });

  it('keeps nobody from ending a server where no lock can be made', async () => {
    const file = join(workspace, 'file');
    await writeFile(file, '');
    process.env['CHROMA_TLS_DATA_DIR'] = file;
    const work = (): Promise<string> => Promise.resolve('ended');
    assert.equal(await holdStartLock(workspace, { doing: 'stopping' }, work), 'ended');
    await assert.rejects(holdStartLock(workspace, { doing: 'starting' }, work), {
      code: 'data-folder-not-usable',
    });
  });
});
