import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Server as HttpsServer } from 'node:https';
import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Observation } from '../../../../src/chroma/server-facts.ts';
import { Server } from '../../../../src/chroma/server/server.ts';
import { deriveStatus } from '../../../../src/chroma/status/derive-status.ts';
import type { Snapshot } from '../../../../src/chroma/status/snapshot.ts';
import { reportStatus } from '../../../../src/chroma/status/report-status.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { runtime } from '../runtime-fixture.ts';
import { endServer, generateIn, HEARTBEAT, makeWorkspace, serveTls } from '../tls-fixture.ts';

/** Looked up by this machine's own resolver; what listens is real, too. */
describe('the name of a server that runs', () => {
  const names = ['localhost', 'chroma.nowhere.invalid', '127.0.0.1', '127.0.0.2'];
  let workspace: string;
  let https: HttpsServer;
  let port: number;
  const strangers: TcpServer[] = [];
  const silent: Socket[] = [];

  before(async () => {
    workspace = await makeWorkspace();
    const made = await generateIn(workspace, { additionalNames: names });
    ({ server: https, port } = await serveTls(made, (_, response) => response.end(HEARTBEAT)));
  });
  after(() => {
    endServer(https);
  });
  afterEach(() => {
    for (const socket of silent.splice(0)) socket.destroy();
    for (const stranger of strangers.splice(0)) stranger.close();
  });

  /** What a user sees of the server that is published on 127.0.0.1. */
  async function look(domain: string): Promise<Snapshot> {
    await writeFile(join(workspace, '.env'), `CHROMA_DOMAIN=${domain}\n`);
    const facts = { id: '1', runtime: 'docker', tls: 'nginx', bindAddress: '127.0.0.1' } as const;
    const seen: Observation = { kind: 'running', server: { ...facts, port, startedAt: 1 } };
    const server = new Server({
      workspace,
      readSettings: () => DEFAULT_SETTINGS,
      runtimes: [runtime('docker', seen)],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    await server.refreshProject();
    await server.observe();
    await server.probe();
    server.dispose();
    return server.snapshot;
  }

  /** Another program on the same port of another address; undefined where there is no such one. */
  async function listenBeside(address: string, says?: string): Promise<TcpServer | undefined> {
    const stranger = createServer((socket) => {
      socket.on('error', () => undefined);
      if (says === undefined) silent.push(socket);
      else socket.end(says);
    });
    stranger.listen({ host: address, port });
    const opened = await Promise.race([
      once(stranger, 'listening').then(() => true),
      once(stranger, 'error').then(() => false),
    ]);
    if (!opened) return undefined;
    strangers.push(stranger);
    return stranger;
  }

  it('is nothing to speak of where it leads there', async () => {
    for (const domain of ['localhost', '127.0.0.1']) {
      const snapshot = await look(domain);
      assert.equal(
        deriveStatus(snapshot, Date.now()).state,
        'healthy',
        JSON.stringify(snapshot.probe),
      );
    }
  });

  it('is a problem where nobody can find it, although the server is well', async function () {
    const snapshot = await look('chroma.nowhere.invalid');
    if (snapshot.probe?.ok && snapshot.probe.lookup?.failure === 'EAI_AGAIN') {
      skipBecause(this, 'no name server answers this machine');
    }
    const { state, heartbeat, certificate } = reportStatus(snapshot, Date.now());
    assert.deepEqual([state, heartbeat.ok], ['degraded', true]);
    assert.match(certificate.problems.join(), /hosts: 127\.0\.0\.1 chroma\.nowhere\.invalid$/);
  });

  it('is a problem where it leads to an address where the server is not', async () => {
    const status = deriveStatus(await look('127.0.0.2'), Date.now());
    assert.ok(status.state === 'degraded');
    assert.deepEqual(
      status.problems.map(({ code }) => code),
      ['name-not-resolved'],
    );
  });

  it('names who listens where else it leads', async function () {
    // Browsers take localhost for both addresses, whatever the resolver says.
    if (!(await listenBeside('::1', 'hello'))) skipBecause(this, 'this machine has no ::1');
    const status = deriveStatus(await look('localhost'), Date.now());
    assert.ok(status.state === 'degraded');
    const [problem] = status.problems;
    assert.equal(problem?.code, 'foreign-listener');
    // Who it is, the system's tools say, where it has them.
    assert.match(problem.what, /::1, where (another program|\S+ \(process \d+\)) listens/);
  });

  it('calls nobody a stranger who only takes long to answer', async function () {
    if (!(await listenBeside('::1'))) skipBecause(this, 'this machine has no ::1');
    const { probe } = await look('localhost');
    assert.ok(probe?.ok);
    const there = probe.lookup?.found.find(({ address }) => address === '::1');
    assert.equal(there?.answer, 'unknown');
    assert.ok(silent.length > 0);
  });
});
