import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request, type RequestOptions } from 'node:https';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { after, afterEach, before, describe, it } from 'mocha';
import type { GenerateResult } from '../../../src/certificates/generate-files.ts';
import { until } from '../../harness/until.ts';
import { requirePart } from '../../parts.ts';
import { freePort } from '../fixtures/cli.ts';
import { assertForwardSecrecy } from '../fixtures/tls-scan.ts';
import { Upstream } from './upstream.ts';
import { startProxy, type ProxyKind, type RunningProxy } from './proxy-process.ts';

const MEGABYTE = 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly body: string;
}

for (const kind of ['embedded', 'nginx', 'envoy'] as const satisfies readonly ProxyKind[]) {
  describe(`the ${kind} TLS proxy`, () => {
    const upstream = new Upstream();
    let chromaPort = 0;
    let running: RunningProxy | undefined;
    let proxy: RunningProxy;
    let ca = '';

    before(async function () {
      if (kind !== 'embedded') requirePart(this, 'docker');
      if (kind === 'nginx') requirePart(this, 'image nginx:1.29-alpine');
      if (kind === 'envoy') requirePart(this, 'image envoyproxy/envoy:v1.40.0');
      chromaPort = await upstream.open();
      const [tls, selfCheck] = [await freePort(), await freePort()];
      proxy = running = await startProxy(kind, { tls, chroma: chromaPort, selfCheck });
      ca = await readFile(proxy.made.files.ca, 'utf8');
    });
    afterEach(() => {
      upstream.answer = () => undefined;
    });
    after(async () => {
      await running?.stop();
      await upstream.close();
    });

    const options = (more: RequestOptions = {}): RequestOptions => ({
      host: '127.0.0.1',
      port: proxy.port,
      servername: 'localhost',
      headers: { host: `localhost:${proxy.port}` },
      ca,
      agent: false,
      ...more,
    });

    async function ask(more: RequestOptions = {}, body?: Buffer): Promise<Answer> {
      const outgoing = request(options(more));
      outgoing.end(body);
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
    }

    it('offers forward secrecy only, and no renegotiation', async function () {
      await assertForwardSecrecy(requirePart(this, 'sslscan').command, proxy.port, 'ECDSA');
    });

    it('passes 40 MB in either direction, unchanged', async () => {
      upstream.answer = (incoming, response) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => response.end(Buffer.concat(chunks)));
      };
      const body = Buffer.alloc(40 * MEGABYTE, 'chroma');
      const outgoing = request(options({ method: 'POST' }));
      outgoing.end(body);
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      const hash = createHash('sha256');
      for await (const chunk of response) hash.update(chunk as Buffer);
      assert.equal(hash.digest('hex'), createHash('sha256').update(body).digest('hex'));
    });

    it('streams a request and an answer', async () => {
      const parts: string[] = [];
      upstream.answer = (incoming, response) => {
        incoming.on('data', (chunk: Buffer) => {
          parts.push(chunk.toString());
          response.write(`got ${chunk.toString()}`);
        });
        incoming.on('end', () => response.end());
      };
      const outgoing = request(options({ method: 'POST' }));
      outgoing.write('one');
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      const [first] = (await once(response, 'data')) as [Buffer];
      assert.equal(first.toString(), 'got one', 'before the question was complete');
      outgoing.end('two');
      const [second] = (await once(response, 'data')) as [Buffer];
      assert.equal(second.toString(), 'got two');
      assert.deepEqual(parts, ['one', 'two']);
    });

    it('answers many requests on one connection', async () => {
      upstream.answer = (_, response) => response.end('ok');
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ports = new Set<number | undefined>();
      for (let asked = 0; asked < 5; asked += 1) {
        const outgoing = request(options({ agent }));
        outgoing.end();
        const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
        ports.add(response.socket.localPort);
        response.resume();
        await once(response, 'end');
      }
      agent.destroy();
      assert.equal(ports.size, 1);
    });

    it('passes the host name and the token on as they are', async () => {
      upstream.answer = ({ headers }, response) => {
        response.end(JSON.stringify([headers.host, headers.authorization]));
      };
      const headers = { host: `localhost:${proxy.port}`, authorization: 'Bearer secret' };
      const { body } = await ask({ headers });
      assert.deepEqual(JSON.parse(body), [`localhost:${proxy.port}`, 'Bearer secret']);
    });

    it('closes its connection to the server when the client hangs up', async () => {
      let gone: () => void;
      const hungUp = new Promise<void>((resolve) => (gone = resolve));
      upstream.answer = (_, response) => {
        response.write('beginning');
        response.once('close', () => {
          gone();
        });
      };
      const outgoing = request(options());
      outgoing.end();
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      await once(response, 'data');
      response.on('error', () => undefined);
      outgoing.destroy();
      await hungUp;
    });

    it('ends an answer whose server hangs up in the middle of it', async () => {
      upstream.answer = (_, response) => {
        response.write('beginning', () => response.destroy());
      };
      await assert.rejects(ask(), /aborted|hang up|reset/i);
    });

    it('says that Chroma is away, and recovers by itself', async () => {
      await upstream.close();
      const asked = ask().then(
        ({ status }) => String(status),
        (error: unknown) => String(error),
      );
      assert.match(await asked, kind === 'embedded' ? /hang up|reset/i : /^50[23]$/);
      await upstream.open(chromaPort);
      upstream.answer = (_, response) => response.end('back');
      assert.equal((await ask()).body, 'back');
    });

    it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
      const shake = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> => {
        const socket = connectTls({
          ...{ host: '127.0.0.1', port: proxy.port, servername: 'localhost', ca },
          ...{ minVersion: version, maxVersion: version },
          // OpenSSL 3 itself offers 1.1 only where it is told to take what is weak.
          ...(version === 'TLSv1.1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
        });
        await once(socket, 'secureConnect');
        socket.destroy();
        return socket.getProtocol();
      };
      await shake('TLSv1.2');
      await shake('TLSv1.3');
      await assert.rejects(shake('TLSv1.1'), /protocol version|alert|unsupported/i);
    });

    if (kind !== 'embedded') {
      it('speaks HTTP/2 with a client that offers it', async () => {
        upstream.answer = ({ headers }, response) => response.end(headers.host);
        const session = connectHttp2(`https://localhost:${proxy.port}`, { ca });
        const stream = session.request({ ':path': '/' });
        let body = '';
        for await (const chunk of stream) body += String(chunk);
        session.close();
        assert.equal(body, `localhost:${proxy.port}`);
      });

      it('checks itself as a client would, through no other proxy, and notices that Chroma is away', async () => {
        upstream.answer = (_, response) => {
          response.end('alive');
        };
        assert.ok(await proxy.isContent());
        await upstream.close();
        assert.ok(!(await proxy.isContent()), 'a check that cannot fail says nothing');
        await upstream.open(chromaPort);
      });
    }

    it('shows the certificate for host names to who asks by one, and the ordinary one to others', async () => {
      const { facts } = proxy.made;
      assert.ok(facts.namesFingerprint256);
      assert.equal(await shownTo('localhost'), facts.namesFingerprint256);
      assert.equal(await shownTo(''), facts.fingerprint256);
    });

    it('serves a renewed certificate, and keeps open connections', async () => {
      upstream.answer = (incoming, response) => {
        response.write('one ');
        incoming.on('end', () => response.end('two'));
        incoming.resume();
      };
      const outgoing = request(options({ method: 'POST' }));
      outgoing.write('begin');
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      await untilServed(await proxy.renew());
      outgoing.end('finish');
      let body = '';
      for await (const chunk of response) body += String(chunk);
      assert.equal(body, 'one two');
      if (kind === 'embedded') return;
      upstream.answer = (_, answer) => {
        answer.end('alive');
      };
      assert.ok(await proxy.isContent(), 'it takes its new certificate for its own');
    });

    it('offers no more with an RSA key', async function () {
      const { command } = requirePart(this, 'sslscan');
      await untilServed(await proxy.renew('rsa-2048'));
      await assertForwardSecrecy(command, proxy.port, 'RSA');
    });

    /** The certificate that is shown to a client that asks for a name, or for none. */
    async function shownTo(servername: string, authority: string | Buffer = ca) {
      const socket = connectTls({
        ...{ host: '127.0.0.1', port: proxy.port, servername, ca: authority },
        checkServerIdentity: (_, certificate) =>
          checkServerIdentity(servername || '127.0.0.1', certificate),
      });
      const found = await once(socket, 'secureConnect').then(
        () => socket.getPeerCertificate().fingerprint256,
        () => undefined,
      );
      socket.destroy();
      return found;
    }

    async function untilServed({ facts, files }: GenerateResult): Promise<void> {
      // Another kind of key comes with another authority.
      const authority = await readFile(files.ca);
      await until(
        'both renewed certificates are served',
        async () => [await shownTo('localhost', authority), await shownTo('', authority)],
        ([byName, others]) =>
          byName === facts.namesFingerprint256 && others === facts.fingerprint256,
      );
    }
  });
}

describe('a TLS proxy that looks into requests', () => {
  for (const kind of ['embedded', 'nginx', 'envoy'] as const) {
    it(`${kind}: lets in the token, every heartbeat and the pages of a listed origin`, async function () {
      if (kind !== 'embedded') requirePart(this, 'docker');
      if (kind === 'nginx') requirePart(this, 'image nginx:1.29-alpine');
      if (kind === 'envoy') requirePart(this, 'image envoyproxy/envoy:v1.40.0');
      const upstream = new Upstream();
      upstream.answer = (incoming, response) => {
        response.statusCode = incoming.method === 'OPTIONS' ? 405 : 200;
        response.setHeader('access-control-allow-origin', 'https://of-chroma.test');
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => response.end(Buffer.concat(chunks)));
      };
      const chroma = await upstream.open();
      const ports = { tls: await freePort(), chroma, selfCheck: await freePort() };
      const [token, origin] = ['abc.DEF~123', 'https://app.test'];
      const rules = { token, corsOrigins: ['http://localhost:5173', origin] };
      const proxy = await startProxy(kind, ports, rules);
      const ca = await readFile(proxy.made.files.ca, 'utf8');
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const send = async (more: RequestOptions, body?: Buffer) => {
        const outgoing = request({
          ...{ host: '127.0.0.1', port: ports.tls, servername: 'localhost', ca, agent },
          ...more,
        });
        outgoing.end(body);
        const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const { statusCode: status = 0, headers } = response;
        return { status, headers, body: Buffer.concat(chunks) };
      };
      const ask = async (path: string, authorization?: string): Promise<number> =>
        (await send({ path, headers: authorization === undefined ? {} : { authorization } }))
          .status;
      const path = '/api/v2/collections';
      const authorization = `Bearer ${token}`;
      const preflight = (from: string) => ({
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      });
      try {
        assert.equal(await ask(path, authorization), 200);
        assert.equal(await ask(path), 401, 'on the same connection, too');
        assert.equal(await ask(path, 'Bearer abcxDEF~123'), 401);
        assert.equal(await ask(path, `${authorization}4`), 401);
        assert.equal(await ask(path, 'Bearer'), 401);
        assert.equal(await ask('/api/v2/heartbeat'), 200);
        assert.equal(await ask('/api/v2/heartbeat/../collections'), 401);
        assert.equal((await send({ path })).headers['www-authenticate'], 'Bearer');
        const bulk = Buffer.alloc(20 * MEGABYTE, 'chroma');
        const echo = await send({ method: 'POST', path, headers: { authorization } }, bulk);
        assert.ok(echo.body.equals(bulk), 'a body passes as it is');

        for (const asked of [path, '/api/v2/heartbeat']) {
          const allowed = await send({
            method: 'OPTIONS',
            path: asked,
            headers: preflight(origin),
          });
          assert.ok([200, 204].includes(allowed.status), String(allowed.status));
          assert.equal(allowed.headers['access-control-allow-origin'], origin);
          assert.match(allowed.headers['access-control-allow-headers'] ?? '', /authorization/);
          assert.match(allowed.headers['access-control-allow-methods'] ?? '', /POST/);
        }
        const stranger = preflight('https://app.test.evil.test');
        const refused = await send({ method: 'OPTIONS', path, headers: stranger });
        assert.notEqual(refused.headers['access-control-allow-origin'], stranger.origin);
        const headers = { origin, authorization };
        const read = await send({ path, headers });
        assert.deepEqual([read.status, read.headers['access-control-allow-origin']], [200, origin]);
        assert.match(read.headers.vary ?? '', /origin/i);
        const closed = await send({ path, headers: { origin } });
        assert.deepEqual(
          [closed.status, closed.headers['access-control-allow-origin']],
          [401, origin],
          'the page may read why',
        );
        assert.equal(
          (await send({ method: 'POST', path, headers: preflight(origin) })).status,
          401,
        );
        assert.equal((await send({ method: 'OPTIONS', path })).status, 401);
      } finally {
        agent.destroy();
        await proxy.stop();
        await upstream.close();
      }
    });
  }
});
