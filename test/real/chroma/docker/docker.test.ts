import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, watch, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { StatusReport } from '../../../../src/chroma/status/report-status.ts';
import { DockerRuntime } from '../../../../src/chroma/runtimes/docker/docker.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { requirePart } from '../../../parts.ts';
import { freePort, program } from '../../fixtures/cli.ts';
import { containersOf, docker, useDockerWorkspaces } from '../../fixtures/docker.ts';
import { assertForwardSecrecy } from '../../fixtures/tls-scan.ts';

describe('Chroma in Docker', () => {
  const open = useDockerWorkspaces();

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image chromadb/chroma:0.5.13');
    requirePart(this, 'image chromadb/chroma:0.5.0');
    requirePart(this, 'image nginx:1.29-alpine');
  });

  for (const [image, tls, heartbeat] of [
    ['chromadb/chroma:1.5.9', 'nginx', '/api/v2/heartbeat'],
    ['chromadb/chroma:0.5.13', 'uvicorn', '/api/v1/heartbeat'],
    ['chromadb/chroma:0.5.0', 'uvicorn', '/api/v1/heartbeat'],
  ] as const) {
    it(`${image}: generate, start, heartbeat, stop, over TLS with forward secrecy only`, async function () {
      const { command } = requirePart(this, 'sslscan');
      const workspace = await open();
      assert.equal((await workspace.run(['generate'])).code, 0);
      const started = await workspace.start('--runtime', 'docker', '--image', image);
      assert.equal(started.code, 0, started.stderr);
      const report = await workspace.status();
      assert.equal(report.state, 'healthy');
      assert.equal(report.tls, tls);
      assert.equal(report.url, workspace.url);
      assert.equal(report.heartbeat.ok, true);
      assert.match((await workspace.curl(heartbeat)).stdout, /nanosecond heartbeat/);
      await assertForwardSecrecy(command, workspace.port, 'ECDSA');
      assert.equal((await workspace.run(['stop'])).code, 0);
      assert.deepEqual(await containersOf(workspace), []);
      assert.equal((await workspace.status()).state, 'stopped');
    });
  }

  it('runs 0.5.13 as 0.x under a tag without a version, its data in a volume', async () => {
    const workspace = await open();
    const image = `chroma-tls-test/${basename(dirname(workspace.folder)).toLowerCase()}:prod`;
    await docker('tag', 'chromadb/chroma:0.5.13', image);
    const started = await workspace.start('--runtime', 'docker', '--image', image);
    assert.equal(started.code, 0, started.stderr);
    const report = await workspace.status();
    assert.deepEqual([report.state, report.tls], ['healthy', 'uvicorn']);
    const [server = ''] = await containersOf(workspace);
    const format = '{{range .Mounts}}{{.Type}} {{.Destination}}{{"\\n"}}{{end}}';
    assert.match(await docker('inspect', '--format', format, server), /^volume \/chroma\/chroma$/m);
    await workspace.run(['stop']);
    await docker('rmi', image);
  });

  it('publishes the TLS port on loopback only, and plaintext nowhere', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'docker');
    const [server = ''] = (await containersOf(workspace)).filter((name) => !name.includes('proxy'));
    const ports = await docker('port', server);
    assert.equal(ports, `8443/tcp -> 127.0.0.1:${workspace.port}`);
    const address = await docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', server);
    const plain = await program('curl', ['-sS', '-m', '5', `http://${address}:8000/`]);
    assert.notEqual(plain.code, 0, 'the plain port must not be reachable from the bridge');
    assert.match(plain.stderr, /refused|connect/i);
    for (const name of await containersOf(workspace)) {
      const log = await docker('inspect', '--format', '{{json .HostConfig.LogConfig}}', name);
      assert.match(log, /"max-file":"3","max-size":"10m"/, 'a log grows without end');
    }
  });

  it("takes bulk adds of more than nginx's 1 MB", async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'docker');
    const collections = '/api/v2/tenants/default_tenant/databases/default_database/collections';
    const json = ['-H', 'content-type: application/json'];
    const made = await workspace.curl(collections, ...json, '-d', '{"name":"bulk"}');
    const { id } = JSON.parse(made.stdout) as { id: string };
    const body = JSON.stringify({
      ids: Array.from({ length: 200 }, (_, index) => `id${index}`),
      embeddings: Array.from({ length: 200 }, () =>
        Array.from({ length: 1024 }, () => 0.123456789),
      ),
    });
    assert.ok(body.length > 2_000_000);
    await writeFile(`${workspace.folder}/bulk.json`, body);
    const added = await workspace.curl(
      `${collections}/${id}/add`,
      ...json,
      '-w',
      '%{http_code}',
      '--data-binary',
      '@bulk.json',
    );
    assert.match(added.stdout, /201$/, added.stdout + added.stderr);
  });

  it('keeps the data over a stop and a start', async () => {
    const workspace = await open();
    const collections = '/api/v2/tenants/default_tenant/databases/default_database/collections';
    await workspace.start('--runtime', 'docker');
    const json = ['-H', 'content-type: application/json'];
    await workspace.curl(collections, ...json, '-d', '{"name":"kept"}');
    await workspace.run(['stop']);
    await workspace.start('--runtime', 'docker');
    assert.match((await workspace.curl(collections)).stdout, /"kept"/);
  });

  it('says who holds the port and which one is free', async () => {
    const workspace = await open();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(workspace.port, '127.0.0.1', resolve));
    const refused = await workspace.start('--runtime', 'docker');
    holder.close();
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, new RegExp(`Port ${workspace.port} is taken`));
    assert.match(refused.stderr, /Port \d+ is free/);
    assert.deepEqual(await containersOf(workspace), [], 'nothing is left half-way');
  });

  it('publishes a port for root alone where the engine runs as root', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'needs root to become a user without rights');
    const { gid } = await stat('/var/run/docker.sock');
    const port = '1019';
    const workspace = await open({ HOME: '/nonexistent' });
    await workspace.run(['generate']);
    await workspace.giveToNobody();
    const start = ['start', '--runtime', 'docker', '--port', port];
    const started = await workspace.runAsNobody(start, gid);
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stdout, /^state +healthy$/m);

    // What this user's own process shall bind is another matter.
    const embedded = await workspace
      .runAsNobody(['stop'], gid)
      .then(() => workspace.runAsNobody([...start, '--tls', 'embedded'], gid));
    assert.equal(embedded.code, 1);
    assert.match(embedded.stderr, /Only root may use port 1019\./);
    assert.deepEqual(await containersOf(workspace), [], 'nothing is left half-way');
  });

  it('names the container that holds the port', async () => {
    const first = await open();
    await first.start('--runtime', 'docker');
    const second = await open();
    const refused = await second.start('--runtime', 'docker', '--port', String(first.port));
    assert.match(
      refused.stderr,
      /held by the Chroma server of \/.+, the container chroma-tls-[0-9a-f]+ /,
    );
  });

  it('shows a container that was killed, with its code, and one that was removed', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'docker');
    const [server = ''] = (await containersOf(workspace)).filter((name) => !name.includes('proxy'));
    await docker('kill', server);
    assert.equal((await workspace.status()).state, 'failed');
    const shown = await workspace.run(['status']);
    assert.match(shown.stderr, /Chroma server exited with code 137/);
    await docker('rm', '-f', ...(await containersOf(workspace)));
    assert.equal((await workspace.status()).state, 'stopped');
    assert.equal((await workspace.start('--runtime', 'docker')).code, 0, 'and it starts again');
  });

  it('adopts a server that another process started', async () => {
    const workspace = await open();
    await workspace.start('--runtime', 'docker');
    const again = await workspace.start('--runtime', 'docker');
    assert.equal(again.code, 0);
    assert.equal((await containersOf(workspace)).length, 2);
  });

  it('sees a server whose notes somebody has deleted', async () => {
    const workspace = await open();
    assert.equal((await workspace.start('--runtime', 'docker')).code, 0);
    await rm(join(dirname(workspace.folder), 'data'), { recursive: true });
    assert.equal((await workspace.status()).state, 'healthy');
    assert.match((await workspace.run(['stop'])).stdout, /Stopped/);
    assert.deepEqual(await containersOf(workspace), []);
  });

  it('makes one server when two windows start at once', async () => {
    const workspace = await open();
    await workspace.run(['generate']);
    const both = await Promise.all([
      workspace.start('--runtime', 'docker'),
      workspace.start('--runtime', 'docker'),
    ]);
    for (const { code, stderr } of both) assert.equal(code, 0, stderr);
    // The one that came second found the first one's server, and made none.
    const made = both.filter(({ stderr }) => stderr.includes('Starting Chroma'));
    assert.equal(made.length, 1);
    assert.equal((await workspace.status()).state, 'healthy');
    assert.equal((await containersOf(workspace)).length, 2);
  });

  it('explains an unknown image', async () => {
    const workspace = await open();
    const refused = await workspace.start(
      '--runtime',
      'docker',
      '--image',
      'chroma-tls-none:9.9.9',
    );
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /The image chroma-tls-none:9\.9\.9 could not be pulled/);
  });

  it('tells a missing, a stopped and a forbidden engine apart', async function () {
    const workspace = await open();
    const missing = await new DockerRuntime({
      workspace: workspace.folder,
      supervisorFile: '',
      readSettings: () => ({ ...DEFAULT_SETTINGS, containerCommand: '/nowhere/docker' }),
    }).check();
    assert.ok(!missing.available);
    assert.equal(missing.problem.code, 'docker-not-installed');

    const stopped = await workspace.run(['start', '--runtime', 'docker'], {
      DOCKER_HOST: `tcp://127.0.0.1:${await freePort()}`,
    });
    assert.match(stopped.stderr, /its engine does not answer.*Start it/);

    if (process.getuid?.() !== 0) skipBecause(this, 'needs root to become a user without rights');
    const other = await open({ HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent' });
    const forbidden = await other.startAsNobody('--runtime', 'docker');
    assert.match(forbidden.stderr, /this user may not use it.*docker group/);
  });

  it('does not claim to have stopped a server that it cannot see', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'needs root to become a user without rights');
    const workspace = await open({ HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent' });
    assert.equal((await workspace.start('--runtime', 'docker')).code, 0);
    await workspace.giveToNobody();
    const running = await containersOf(workspace);

    const stopped = await workspace.runAsNobody(['stop']);
    assert.equal(stopped.code, 1, stopped.stdout);
    assert.match(stopped.stderr, /this user may not use it.*docker group/);
    const doubted = await workspace.runAsNobody(['status']);
    assert.equal(doubted.code, 1);
    assert.match(doubted.stderr, /not certain that no server runs.*this user may not use it/);
    const unknown = await workspace.runAsNobody(['status', '--json', '--runtime', 'docker']);
    assert.equal(unknown.code, 1);
    const report = JSON.parse(unknown.stdout) as StatusReport;
    assert.equal(report.state, 'failed');
    assert.match(report.heartbeat.error ?? '', /this user may not use it/);

    const elsewhere = await workspace.run(['stop', '--container-command', '/nowhere/podman']);
    assert.equal(elsewhere.code, 0);
    assert.match(elsewhere.stdout, /^No server of this folder was found, neither with .*podman/);
    assert.deepEqual(await containersOf(workspace), running);

    assert.match((await workspace.run(['stop'])).stdout, /^Stopped\. The data stays\.$/m);
    assert.match((await workspace.run(['stop'])).stdout, /^No server of this folder was found/m);
    const absent = await workspace.run(['status', '--container-command', '/nowhere/docker']);
    assert.deepEqual([absent.code, absent.stderr], [0, '']);
  });

  it('does not speak of a start when a stop is interrupted', async () => {
    const workspace = await open();
    const engine = join(workspace.folder, 'engine');
    const asked = join(workspace.folder, 'asked');
    const script = `#!/bin/sh\n[ "$1" = version ] && : >"$ASKED" && exec sleep 30\nexit 0\n`;
    await writeFile(engine, script, { mode: 0o755 });
    const isAsked = (async () => {
      for await (const { filename } of watch(workspace.folder)) if (filename === 'asked') return;
    })();
    const stop = ['stop', '--container-command', engine];
    const { code, stderr } = await workspace.run(stop, { ASKED: asked }, isAsked);
    assert.equal(code, 1);
    assert.match(stderr, /^Cancelled/m);
    assert.doesNotMatch(stderr, /half-way/);
  });

  it('refuses an engine on another machine, in whatever way it was set', async () => {
    const config = await mkdtemp(join(tmpdir(), 'chroma-tls-docker-'));
    const env = { DOCKER_CONFIG: config };
    const context = ['elsewhere', '--docker', 'host=ssh://me@elsewhere.invalid'];
    await program('docker', ['--config', config, 'context', 'create', ...context]);
    await program('docker', ['--config', config, 'context', 'use', 'elsewhere']);
    const explained =
      /docker is set to an engine on another machine \(\w+:\/\/.*elsewhere.*\)\..*docker context use default/;
    for (const set of [
      env,
      { DOCKER_CONTEXT: 'elsewhere', ...env },
      { DOCKER_HOST: 'tcp://elsewhere.invalid:2375' },
    ]) {
      const workspace = await open(set);
      const refused = await workspace.run(['start', '--runtime', 'docker']);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, explained);
    }
  });
});
