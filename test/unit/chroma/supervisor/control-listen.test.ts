import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { listenAlone } from '../../../../src/chroma/supervisor/control-listen.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';

/** Listens at a path for as long as it lives. */
const LISTENER = `require('node:net').createServer().listen(process.argv[1], () => process.send(0))`;

describe('listening alone', () => {
  let path = '';
  const opened: Server[] = [];

  before(function () {
    if (process.platform === 'win32') skipBecause(this, 'a pipe of Windows has no file');
  });
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'chroma-tls-listen-')), 'local.sock');
  });
  afterEach(() => {
    for (const server of opened.splice(0)) server.close();
  });

  async function listen(): Promise<boolean> {
    const server = createServer();
    const isAlone = await listenAlone(server, path);
    if (isAlone) opened.push(server);
    return isAlone;
  }

  /** A process that listens there. */
  async function startListener(): Promise<ReturnType<typeof spawn>> {
    const child = spawn(process.execPath, ['-e', LISTENER, path], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    return child;
  }

  it('is granted to one of many that ask at once, and its socket stays', async () => {
    const granted = await Promise.all(Array.from({ length: 4 }, listen));
    assert.deepEqual(granted.toSorted(), [false, false, false, true]);
    assert.ok((await stat(path)).isSocket());
    assert.equal(await listen(), false);
  });

  it('never removes the socket of a process that is frozen', async () => {
    const other = await startListener();
    other.kill('SIGSTOP');
    assert.equal(await listen(), false);
    other.kill('SIGKILL');
    await once(other, 'exit');
  });

  it('takes over a socket whose process was killed, once', async () => {
    const other = await startListener();
    other.kill('SIGKILL');
    await once(other, 'exit');
    assert.ok((await stat(path)).isSocket(), 'it was left');
    const granted = await Promise.all(Array.from({ length: 4 }, listen));
    assert.equal(granted.filter(Boolean).length, 1);
    assert.deepEqual(await readdir(join(path, '..')), ['local.sock']);
  });
});
