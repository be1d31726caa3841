import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, before, describe, it } from 'mocha';
import { DockerRuntime } from '../../../../src/chroma/runtimes/docker/docker.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { requirePart } from '../../../parts.ts';
import { keepAsking } from '../../fixtures/asking-clients.ts';
import { Workspace } from '../../fixtures/cli.ts';
import { cleanUp, containersOf, docker } from '../../fixtures/docker.ts';

const COLLECTIONS = '/api/v2/tenants/default_tenant/databases/default_database/collections';

describe('A renewed certificate in front of a container', () => {
  let workspace: Workspace;

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:0.6.3');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    requirePart(this, 'image envoyproxy/envoy:v1.40.0');
  });
  afterEach(() => cleanUp(workspace));

  async function start(version: string, tls: string): Promise<void> {
    workspace = await Workspace.create();
    const image = `chromadb/chroma:${version}`;
    const started = await workspace.start('--runtime', 'docker', '--image', image, '--tls', tls);
    assert.equal(started.code, 0, started.stderr);
    const json = ['-H', 'content-type: application/json'];
    await workspace.curl(COLLECTIONS, ...json, '-d', '{"name":"kept"}');
  }

  /** When each container of the workspace was started, by its role. */
  async function startTimes(): Promise<Readonly<Record<string, string>>> {
    const format = '{{index .Config.Labels "chroma-tls.role"}}\t{{.State.StartedAt}}';
    const told = await docker('inspect', '--format', format, ...(await containersOf(workspace)));
    return Object.fromEntries(
      told.split('\n').map((line) => {
        const [role = '', time = ''] = line.split('\t');
        return [role, time];
      }),
    );
  }

  /** By default of the certificate that is shown by name. */
  async function fingerprint(
    file = join(workspace.folder, 'certs', 'servercert-names.pem'),
  ): Promise<string> {
    return new X509Certificate(await readFile(file)).fingerprint256;
  }

  /** The fingerprint of the certificate that a client is shown by name. */
  async function shown(): Promise<string> {
    const ca = await readFile(join(workspace.folder, 'certs', 'ca.pem'));
    const options = { host: '127.0.0.1', port: workspace.port, servername: 'localhost', ca };
    const socket = connect(options);
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }

  for (const tls of ['nginx', 'envoy', 'embedded']) {
    it(`is served by ${tls} at once: no request fails, no container is restarted, the data stays`, async () => {
      await start('1.5.9', tls);
      const [before, old] = [await startTimes(), await fingerprint()];
      const clients = await keepAsking(workspace, workspace.port, { fresh: 4, keeping: 4 });
      await clients.until(200);
      const renewed: string[] = [];
      for (let round = 0; round < 2; round += 1) {
        assert.doesNotMatch((await workspace.run(['renew', '--force'])).stdout, /still serves/);
        renewed.push(await fingerprint());
        // Clients that came and went since then.
        await clients.until(clients.answers() + 200);
      }
      assert.deepEqual(await clients.stop(), []);
      // nginx ends kept connections with the worker that had them, before 1.27.4 without a word.
      assert.ok(clients.reopened() <= (tls === 'nginx' ? 4 * renewed.length : 0));
      assert.deepEqual(clients.served(), [old, ...renewed], 'each was served in its turn');
      const report = await workspace.status();
      assert.equal(report.state, 'healthy', 'degraded would mean that the old one is served');
      assert.deepEqual(await startTimes(), before);
      assert.match((await workspace.curl(COLLECTIONS)).stdout, /"kept"/);
    });
  }

  for (const tls of ['nginx', 'envoy']) {
    it(`is served by ${tls} although the one for host names alone goes and comes`, async () => {
      await start('1.5.9', tls);
      const before = await startTimes();
      const names = join(workspace.folder, 'certs', 'servercert-names.pem');
      const ordinary = join(workspace.folder, 'certs', 'servercert.pem');
      const take = async (...args: readonly string[]): Promise<void> => {
        const { stdout, stderr } = await workspace.run(args);
        assert.doesNotMatch(stdout, /still serves/, stderr);
        const report = await workspace.status();
        assert.equal(report.state, 'healthy', report.certificate.problems.join());
      };
      await take('generate', '--kind', 'self-signed');
      assert.equal(await shown(), await fingerprint(ordinary));
      await take('generate');
      assert.equal(await shown(), await fingerprint(names), 'the one that has come');
      assert.match((await workspace.curl(COLLECTIONS)).stdout, /"kept"/);
      assert.deepEqual(await startTimes(), before, 'no container was restarted');
    });
  }

  it('waits for a restart with uvicorn, which reads certificates only when it starts', async () => {
    await start('0.6.3', 'uvicorn');
    const { stdout } = await workspace.run(['generate']);
    assert.match(stdout, /^The server that runs still serves the one before\. Restart it/m);
    const report = await workspace.status();
    assert.equal(report.state, 'degraded', 'the old one is still served, and it is told');
    assert.match(report.certificate.problems.join(), /still serves its previous certificate/);
    await workspace.run(['stop']);
    assert.equal(
      (await workspace.start('--runtime', 'docker', '--image', 'chromadb/chroma:0.6.3')).code,
      0,
    );
    assert.equal((await workspace.status()).state, 'healthy');
    assert.match((await workspace.curl(COLLECTIONS)).stdout, /"kept"/);
  });

  it('is served by an Envoy that is not told of the change, once that alone was restarted', async () => {
    await start('1.5.9', 'envoy');
    const before = await startTimes();
    const runtime = new DockerRuntime({
      workspace: workspace.folder,
      supervisorFile: '',
      readSettings: () => DEFAULT_SETTINGS,
    });
    const isRestarted = async (): Promise<boolean> =>
      (await startTimes())['proxy'] !== before['proxy'];
    assert.equal(await runtime.reload(isRestarted), true);
    const after = await startTimes();
    assert.equal(after['server'], before['server'], 'the server is left alone');
    assert.notEqual(after['proxy'], before['proxy']);
    assert.equal((await runtime.observe()).kind, 'running');
  });
});
