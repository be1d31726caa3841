import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, it } from 'mocha';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { GenerateResult } from '../../../../src/certificates/generate-files.ts';
import { isOutdated, type Handshake } from '../../../../src/chroma/health/handshake.ts';
import { HeartbeatClient } from '../../../../src/chroma/health/heartbeat-client.ts';
import type { Probe } from '../../../../src/chroma/health/probe.ts';
import { until } from '../../../harness/until.ts';
import { endServer, generateIn, HEARTBEAT, makeWorkspace, serveTls } from '../tls-fixture.ts';

describe('a handshake', () => {
  const handshake: Handshake = { at: 100_000, bounds: [50_000, 130_000], fingerprint256: 'AA' };

  it('speaks for the server for a minute, and for no time before it', () => {
    const later = { ...handshake, bounds: [] };
    assert.equal(isOutdated(later, 159_999, []), false);
    assert.equal(isOutdated(later, 160_000, []), true);
    assert.equal(isOutdated(later, 99_999, []), true, 'the clock was set back');
  });

  it('is outdated once a certificate of its chain has started or ended to be valid', () => {
    assert.equal(isOutdated(handshake, 129_999, []), false);
    assert.equal(isOutdated(handshake, 130_000, []), true);
  });

  it('is outdated as long as another certificate was shown than should be', () => {
    assert.equal(isOutdated(handshake, 100_001, ['AA']), false);
    assert.equal(isOutdated(handshake, 100_001, ['BB']), true);
  });
});

describe('a heartbeat that goes on', () => {
  const servers: Server[] = [];
  afterEach(() => {
    servers.splice(0).forEach(endServer);
  });

  async function serve(
    made: GenerateResult,
    headers: OutgoingHttpHeaders = {},
  ): Promise<{ server: Server; port: number }> {
    const serving = await serveTls(made, (_, response) => {
      response.writeHead(200, headers).end(HEARTBEAT);
    });
    servers.push(serving.server);
    return serving;
  }

  async function listen(made: GenerateResult, port: number): Promise<HeartbeatClient> {
    return new HeartbeatClient({
      address: '127.0.0.1',
      port,
      name: 'localhost',
      paths: ['/api/v2/heartbeat'],
      trustAnchors: await readFile(made.files.ca, 'utf8'),
      leaves: [await readFile(made.files.certificate, 'utf8')],
    });
  }

  it('fails once the certificate that is served has expired', async () => {
    let left = 2000;
    const heartbeat = await until('one that is valid yet when it is served', async () => {
      left *= 2;
      // A certificate starts an hour ago, and lives a second less.
      const now = new Date(Date.now() - 23 * 3_600_000 + left);
      const made = await generateIn(await makeWorkspace(), { validityDays: 1, now });
      const { port } = await serve(made);
      const opened = await listen(made, port);
      if ((await opened.beat()).ok) return opened;
      opened.dispose();
      return undefined;
    });
    assert.ok(heartbeat);
    const probe = await until<Probe>(
      'a beat that fails',
      () => heartbeat.beat(),
      ({ ok }) => !ok,
    );
    heartbeat.dispose();
    assert.ok(!probe.ok);
    assert.equal(probe.failure.code, 'expired');
  });

  it('reports the certificate that a server has come to serve on the next beat', async () => {
    const workspace = await makeWorkspace();
    const before = await generateIn(workspace);
    const { server, port } = await serve(before);
    const made = await generateIn(workspace);
    const heartbeat = await listen(made, port);
    const served = async (): Promise<string | undefined> => {
      const probe = await heartbeat.beat();
      return probe.ok ? probe.servedFingerprint256 : probe.failure.what;
    };
    assert.equal(await served(), before.facts.fingerprint256);
    server.setSecureContext({
      cert: await readFile(made.files.certificate),
      key: await readFile(made.files.key),
    });
    assert.equal(await served(), made.facts.fingerprint256);
    heartbeat.dispose();
  });

  it('is not failed by a connection that was ended after its last beat', async () => {
    const made = await generateIn(await makeWorkspace());
    const { server, port } = await serve(made);
    const heartbeat = await listen(made, port);
    for (let beat = 0; beat < 3; beat += 1) {
      const probe = await heartbeat.beat();
      assert.ok(probe.ok, JSON.stringify(probe));
      server.closeAllConnections();
    }
    heartbeat.dispose();
  });

  it('resumes no session, which nobody would verify', async () => {
    const made = await generateIn(await makeWorkspace());
    const { server, port } = await serve(made, { connection: 'close' });
    const resumed: boolean[] = [];
    server.on('secureConnection', (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
    const heartbeat = await listen(made, port);
    for (let beat = 0; beat < 3; beat += 1) assert.ok((await heartbeat.beat()).ok);
    heartbeat.dispose();
    assert.deepEqual(resumed, [false, false, false]);
  });
});
