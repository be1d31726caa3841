import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { connectControl } from '../../../src/chroma/runtimes/control-socket.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

describe('the way to a supervisor', () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.close();
  });

  it('does not wait for ever for one that says nothing', async function () {
    if (process.platform === 'win32') skipBecause(this, 'a pipe of Windows has no path like this');
    const path = join(await mkdtemp(join(tmpdir(), 'chroma-tls-control-')), 'local.sock');
    const silent = createServer((socket) => socket.on('error', () => undefined));
    servers.push(silent);
    await new Promise<void>((resolve) => silent.listen(path, resolve));
    assert.equal(await connectControl(path, 50), undefined);
  });
});
