import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openGate } from '../../../src/proxy/http-gate.ts';

const OPEN = '/api/v2/heartbeat';
const HIDDEN = 'DELETE /api/v2/tenants/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n';

describe('the gate of the embedded proxy', () => {
  let upstream: HttpServer;
  let gate: Server;
  let seen: string[] = [];

  beforeEach(async () => {
    seen = [];
    upstream = createHttpServer((request, response) => {
      void text(request).then((body) => {
        seen.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
        response.end('answer');
      });
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const pass = openGate({ tokenHash: 'ab'.repeat(32), corsOrigins: [] }, portOf(upstream));
    gate = createServer(pass).listen(0, '127.0.0.1');
    await once(gate, 'listening');
  });
  afterEach(() => {
    gate.close();
    upstream.close();
    upstream.closeAllConnections();
  });

  /** Sends lines and a body as they are. @returns everything that is answered */
  async function send([first = '', ...lines]: readonly string[], body: string): Promise<string> {
    const client = connect(portOf(gate), '127.0.0.1');
    client.write([first, 'Host: a', 'Connection: close', ...lines, '', body].join('\r\n'));
    return text(client);
  }

  const chunked = `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`;
  const length = `Content-Length: ${HIDDEN.length}`;
  for (const [name, lines, body] of [
    ['in chunks', [`GET ${OPEN} HTTP/1.1`, 'Transfer-Encoding: chunked'], chunked],
    ['of a length', [`GET ${OPEN} HTTP/1.1`, length], HIDDEN],
    [
      'of a length that is said to be of the connection',
      [`GET ${OPEN} HTTP/1.1`, length, 'Connection: content-length'],
      HIDDEN,
    ],
    [
      'of a length behind many headers',
      [`GET ${OPEN} HTTP/1.1`, ...Array.from({ length: 1500 }, () => 'a:'), length],
      HIDDEN,
    ],
    [
      'of a preflight',
      [
        'OPTIONS /x HTTP/1.1',
        'Origin: https://a.test',
        'Access-Control-Request-Method: GET',
        'Transfer-Encoding: chunked',
      ],
      chunked,
    ],
  ] as const) {
    it(`passes on a request in a body as a body: ${name}`, async () => {
      assert.match(await send(lines, body), /^HTTP\/1\.1 200 OK/);
      const [method, path] = lines[0].split(' ');
      assert.deepEqual(seen, [`${method ?? ''} ${path ?? ''} ${HIDDEN}`]);
    });
  }

  it('refuses a request whose length is said in two ways', async () => {
    const both = [`GET ${OPEN} HTTP/1.1`, length, 'Transfer-Encoding: chunked'];
    assert.match(await send(both, chunked), /^HTTP\/1\.1 400/);
    assert.deepEqual(seen, []);
  });

  it('asks for the token in a second request of a connection', async () => {
    const client = connect(portOf(gate), '127.0.0.1');
    client.write(`GET ${OPEN} HTTP/1.1\r\nHost: a\r\n\r\n`);
    client.write('GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.match(await text(client), /^HTTP\/1\.1 200[\s\S]*HTTP\/1\.1 401/);
    assert.deepEqual(seen, [`GET ${OPEN} `]);
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
