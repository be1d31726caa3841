import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'mocha';
import type { GenerateResult } from '../../../../src/certificates/generate-files.ts';
import { HeartbeatClient } from '../../../../src/chroma/health/heartbeat-client.ts';
import { endServer, generateIn, HEARTBEAT, makeWorkspace, serveTls } from '../tls-fixture.ts';

/** Milliseconds a beat may take here. */
const LIMIT = 400;

describe('a heartbeat ends in time', () => {
  let made: GenerateResult;
  const servers: Server[] = [];
  before(async () => {
    made = await generateIn(await makeWorkspace());
  });
  afterEach(() => {
    servers.splice(0).forEach(endServer);
  });

  async function listen(listener: RequestListener, limit = LIMIT): Promise<HeartbeatClient> {
    const { server, port } = await serveTls(made, listener);
    servers.push(server);
    return open(port, limit);
  }

  async function open(port: number, limit: number): Promise<HeartbeatClient> {
    return new HeartbeatClient(
      {
        address: '127.0.0.1',
        port,
        name: 'localhost',
        paths: ['/api/v2/heartbeat', '/api/v1/heartbeat'],
        trustAnchors: await readFile(made.files.ca, 'utf8'),
      },
      limit,
    );
  }

  async function failureOf(heartbeat: HeartbeatClient): Promise<string> {
    const probe = await heartbeat.beat();
    heartbeat.dispose();
    return probe.ok ? 'ok' : probe.failure.code;
  }

  it('where an answer comes byte by byte, each of them soon', async () => {
    assert.equal(
      await failureOf(
        await listen((_, response) => {
          drip(response);
        }),
      ),
      'timeout',
    );
  });

  it('where a header never ends', async () => {
    const heartbeat = await listen(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('X-A: a\r\n'), LIMIT / 20);
      socket.once('close', () => {
        clearInterval(timer);
      });
    });
    assert.equal(await failureOf(heartbeat), 'timeout');
  });

  it('where every path takes less than the limit, and all of them more', async () => {
    const heartbeat = await listen((_, response) => {
      setTimeout(() => response.writeHead(404).end(), LIMIT * 0.7);
    });
    assert.equal(await failureOf(heartbeat), 'timeout');
  });

  it('where nobody answers the handshake', async () => {
    const silent = createServer(() => undefined);
    after(() => silent.close());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    assert.equal(
      await failureOf(await open((silent.address() as AddressInfo).port, LIMIT)),
      'timeout',
    );
  });

  it('where an answer goes on and on, long before the limit', async () => {
    const heartbeat = await listen((_, response) => {
      const flood = (): void => {
        while (!response.destroyed && response.write(HEARTBEAT.repeat(100)));
      };
      response.on('drain', flood);
      flood();
    }, 60_000);
    assert.equal(await failureOf(heartbeat), 'bad-answer');
  });

  it('when it is cancelled', async () => {
    const controller = new AbortController();
    const heartbeat = await listen((_, response) => {
      drip(response);
      controller.abort();
    }, 60_000);
    await assert.rejects(heartbeat.beat(controller.signal), { name: 'AbortError' });
    await assert.rejects(heartbeat.beat(controller.signal), { name: 'AbortError' });
    heartbeat.dispose();
  });
});

/** An answer that looks well, one byte at a time, for ever. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), LIMIT / 20);
  response.once('close', () => {
    clearInterval(timer);
  });
}
