import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'mocha';
import type { GenerateResult } from '../../../../src/certificates/generate-files.ts';
import { describeServed } from '../../../../src/certificates/inspect/inspect.ts';
import { HeartbeatClient } from '../../../../src/chroma/health/heartbeat-client.ts';
import type { Probe } from '../../../../src/chroma/health/probe.ts';
import type { NameLookup } from '../../../../src/chroma/health/name-lookup.ts';
import { endServer, generateIn, HEARTBEAT, makeWorkspace, serveTls } from '../tls-fixture.ts';

/** A real TLS server on a real port, with certificates of our own making. */
describe('heartbeat', () => {
  let ours: GenerateResult;
  let foreign: GenerateResult;
  let expired: GenerateResult;
  let connections = 0;
  let status = 200;
  let missing: readonly string[] = [];
  const servers: Server[] = [];

  before(async () => {
    ours = await generateIn(await makeWorkspace(), {});
    foreign = await generateIn(await makeWorkspace(), {});
    expired = await generateIn(await makeWorkspace(), {
      validityDays: 1,
      now: new Date(Date.now() - 3 * 86_400_000),
    });
  });
  after(() => {
    servers.forEach(endServer);
  });

  async function serve(made: GenerateResult): Promise<number> {
    const { server, port } = await serveTls(made, ({ url = '' }, response) => {
      response.statusCode = missing.includes(url) ? 404 : status;
      response.end(HEARTBEAT);
    });
    server.on('secureConnection', () => (connections += 1));
    servers.push(server);
    return port;
  }

  async function listen(server: {
    listen(port: number, host: string, done: () => void): unknown;
    address(): unknown;
  }): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  async function open(port: number, name = 'localhost'): Promise<HeartbeatClient> {
    return new HeartbeatClient({
      address: '127.0.0.1',
      port,
      name,
      paths: ['/api/v2/heartbeat'],
      trustAnchors: await readFile(ours.files.ca, 'utf8'),
    });
  }

  async function failureOf(heartbeat: HeartbeatClient): Promise<string> {
    const probe: Probe = await heartbeat.beat();
    heartbeat.dispose();
    return probe.ok ? 'ok' : probe.failure.code;
  }

  it('is well over verified TLS, on one connection for many beats', async () => {
    const heartbeat = await open(await serve(ours));
    connections = 0;
    for (let beat = 0; beat < 3; beat += 1) {
      const probe = await heartbeat.beat();
      assert.ok(probe.ok, JSON.stringify(probe));
      assert.equal(probe.servedFingerprint256, ours.facts.fingerprint256);
    }
    heartbeat.dispose();
    assert.equal(connections, 1);
  });

  it('keeps what a name led to where the resolver is slow for once', async () => {
    const { server, port } = await serveTls(ours, (_, response) => {
      response.setHeader('connection', 'close').end(HEARTBEAT);
    });
    servers.push(server);
    const common = { host: 'localhost', port, published: '127.0.0.1' };
    const known: NameLookup = {
      ...common,
      found: [{ address: '127.0.0.1', from: 'resolver', answer: 'server' }],
    };
    const slow: NameLookup = { ...common, found: [], failure: 'TIMEOUT' };
    const gone: NameLookup = { ...common, found: [], failure: 'ENOTFOUND' };
    const said = [slow, known, slow, gone];
    const heartbeat = new HeartbeatClient({
      address: '127.0.0.1',
      port,
      name: 'localhost',
      paths: ['/api/v2/heartbeat'],
      trustAnchors: await readFile(ours.files.ca, 'utf8'),
      lookUp: () => Promise.resolve(said.shift() ?? gone),
    });
    const seen: (NameLookup | undefined)[] = [];
    for (let beat = 0; beat < 4; beat += 1) {
      const probe = await heartbeat.beat();
      assert.ok(probe.ok, JSON.stringify(probe));
      seen.push(probe.lookup);
    }
    heartbeat.dispose();
    assert.deepEqual(seen, [slow, known, known, gone]);
  });

  it('verifies an address as an address', async () => {
    assert.equal(await failureOf(await open(await serve(ours), '127.0.0.1')), 'ok');
    assert.equal(await failureOf(await open(await serve(ours), '127.0.0.2')), 'name-mismatch');
  });

  it('names another name, another authority, an expired certificate', async () => {
    assert.equal(await failureOf(await open(await serve(ours), 'other.test')), 'name-mismatch');
    assert.equal(await failureOf(await open(await serve(foreign))), 'unknown-ca');
    const port = await serve(expired);
    const heartbeat = new HeartbeatClient({
      address: '127.0.0.1',
      port,
      name: 'localhost',
      paths: ['/'],
      trustAnchors: await readFile(expired.files.ca, 'utf8'),
    });
    assert.equal(await failureOf(heartbeat), 'expired');
  });

  it('verifies whatever the environment says', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      assert.equal(await failureOf(await open(await serve(foreign))), 'unknown-ca');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('reads the certificate that is served, also where only its name is wrong', async () => {
    const port = await serve(ours);
    const probeAs = async (name: string): Promise<Probe> => {
      const heartbeat = new HeartbeatClient({
        address: '127.0.0.1',
        port,
        name,
        paths: ['/api/v2/heartbeat'],
        trustAnchors: await readFile(ours.files.ca, 'utf8'),
        readServed: (der) => describeServed(der, name),
      });
      const probe = await heartbeat.beat();
      heartbeat.dispose();
      return probe;
    };
    const well = await probeAs('localhost');
    assert.ok(well.ok && well.served);
    assert.equal(well.served.fingerprint256, ours.facts.fingerprint256);
    assert.deepEqual(well.served.problems, []);
    const wrong = await probeAs('other.test');
    assert.ok(!wrong.ok && wrong.served);
    assert.match(wrong.served.problems[0]?.what ?? '', /does not cover other\.test .*localhost/);
  });

  it('asks on the older path where a server lacks the newer, and remembers which', async () => {
    const port = await serve(ours);
    const asked: string[] = [];
    servers.at(-1)?.on('request', ({ url = '' }: IncomingMessage) => asked.push(url));
    missing = ['/api/v2/heartbeat'];
    const heartbeat = new HeartbeatClient({
      address: '127.0.0.1',
      port,
      name: 'localhost',
      paths: ['/api/v2/heartbeat', '/api/v1/heartbeat'],
      trustAnchors: await readFile(ours.files.ca, 'utf8'),
    });
    assert.ok((await heartbeat.beat()).ok);
    assert.ok((await heartbeat.beat()).ok);
    assert.deepEqual(asked, ['/api/v2/heartbeat', '/api/v1/heartbeat', '/api/v1/heartbeat']);
    missing = ['/api/v2/heartbeat', '/api/v1/heartbeat'];
    assert.equal(await failureOf(heartbeat), 'wrong-api');
    missing = [];
  });

  it('names plain HTTP on the port, and nothing on it', async () => {
    const plain = createHttp((_, response) => response.end('hello'));
    const port = await listen(plain);
    assert.equal(await failureOf(await open(port)), 'plain-http');
    plain.closeAllConnections();
    await new Promise((resolve) => plain.close(resolve));
    assert.equal(await failureOf(await open(port)), 'refused');
  });

  it('names a proxy without its server, and a server of another API', async () => {
    const port = await serve(ours);
    status = 502;
    assert.equal(await failureOf(await open(port)), 'starting');
    status = 410;
    assert.equal(await failureOf(await open(port)), 'wrong-api');
    status = 200;
  });
});
