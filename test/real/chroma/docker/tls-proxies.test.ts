import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { nameDataVolume } from '../../../../src/chroma/runtimes/docker/data-volumes.ts';
import type { TlsTermination } from '../../../../src/chroma/server-facts.ts';
import { describeVersion } from '../../../../src/chroma/version.ts';
import { workspaceId } from '../../../../src/project/data-folder.ts';
import { until } from '../../../harness/until.ts';
import { requirePart } from '../../../parts.ts';
import type { Workspace } from '../../fixtures/cli.ts';
import { program } from '../../fixtures/cli.ts';
import { pidOf, processesOf } from '../../fixtures/processes.ts';
import { containersOf, docker, useDockerWorkspaces } from '../../fixtures/docker.ts';

describe('Who ends TLS in front of a container', () => {
  const open = useDockerWorkspaces();

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:0.4.22');
    requirePart(this, 'image chromadb/chroma:0.4.24');
    requirePart(this, 'image chromadb/chroma:0.6.3');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    requirePart(this, 'image envoyproxy/envoy:v1.40.0');
  });

  function start(workspace: Workspace, version: string, tls: string, ...more: string[]) {
    const image = `chromadb/chroma:${version}`;
    return workspace.start('--runtime', 'docker', '--image', image, '--tls', tls, ...more);
  }

  for (const [version, tls] of [
    ['0.4.22', 'uvicorn'],
    ['0.4.22', 'nginx'],
    ['0.4.24', 'uvicorn'],
    ['0.4.24', 'envoy'],
    ['0.6.3', 'uvicorn'],
    ['0.6.3', 'nginx'],
    ['0.6.3', 'envoy'],
    ['0.6.3', 'embedded'],
    ['1.5.9', 'nginx'],
    ['1.5.9', 'envoy'],
    ['1.5.9', 'embedded'],
  ] as const) {
    it(`is ${tls} for ${version}, and nobody sees plaintext`, async () => {
      const workspace = await open();
      const started = await start(workspace, version, tls);
      assert.equal(started.code, 0, started.stderr);
      const report = await workspace.status();
      assert.deepEqual([report.state, report.tls], ['healthy', tls]);
      await assertPlaintextHidden(workspace, tls);
    });
  }

  for (const [version, tls] of [
    ['0.4.22', 'nginx'],
    ['0.6.3', 'uvicorn'],
    ['1.5.9', 'embedded'],
  ] as const) {
    it(`is ${tls} for ${version}, whose data stays over a stop`, async () => {
      const workspace = await open();
      await start(workspace, version, tls);
      const path = collectionsPath(version);
      const json = ['-H', 'content-type: application/json'];
      const added = await workspace.curl(path, ...json, '-d', '{"name":"kept"}');
      assert.match(added.stdout, /"kept"/, added.stderr);
      assert.equal((await workspace.run(['stop'])).code, 0);
      assert.deepEqual(await containersOf(workspace), []);
      await start(workspace, version, tls);
      assert.match((await workspace.curl(path)).stdout, /"kept"/);
    });
  }

  it('refuses uvicorn for 1.x, and says why', async () => {
    const refused = await start(await open(), '1.5.9', 'uvicorn');
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /uvicorn cannot end TLS here\. Chroma 1\.5\.9 .*has no TLS of its own/,
    );
  });

  it('is the embedded proxy where the proxy image cannot be pulled, and a note says so', async () => {
    const workspace = await open();
    const nothing = '127.0.0.1:9/nginx:1';
    const started = await start(workspace, '1.5.9', 'auto', '--nginx-image', nothing);
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stderr, /nginx:1 cannot be pulled now, so Chroma TLS itself ends TLS/);
    assert.equal((await workspace.status()).tls, 'embedded');
    await workspace.run(['stop']);
    const asked = await start(workspace, '1.5.9', 'nginx', '--nginx-image', nothing);
    assert.equal(asked.code, 1, 'what was asked for by name is not replaced');
    assert.match(asked.stderr, /127\.0\.0\.1:9\/nginx:1 could not be pulled/);
  });

  it('shows that the embedded proxy has ended, and Start repairs it', async () => {
    const workspace = await open();
    await start(workspace, '1.5.9', 'embedded');
    process.kill(pidOf(workspace, 'supervisor'), 'SIGKILL');
    assert.equal((await workspace.status()).state, 'failed');
    assert.match((await workspace.run(['status'])).stderr, /The TLS proxy has ended/);
    assert.equal((await start(workspace, '1.5.9', 'embedded')).code, 0);
    assert.equal((await workspace.status()).state, 'healthy');
  });

  it('ends the embedded proxy with the container, and leaves no process', async () => {
    const workspace = await open();
    await start(workspace, '1.5.9', 'embedded');
    assert.equal(supervisorsOf(workspace).length, 1);
    await docker('rm', '--force', ...(await containersOf(workspace)));
    await until('no supervisor is left', () => supervisorsOf(workspace).length === 0);
    assert.equal((await workspace.status()).state, 'stopped');
  });

  it('warns of a 0.x that others can reach, and only of that', async () => {
    const workspace = await open();
    const wide = await start(workspace, '0.6.3', 'auto', '--bind-address', '0.0.0.0');
    assert.match(wide.stdout, /^state +degraded$/m);
    assert.match(wide.stdout, /CVE-2026-45833/);
    await workspace.run(['stop']);
    const loopback = await start(workspace, '0.6.3', 'auto');
    assert.match(loopback.stdout, /^state +healthy$/m);
    assert.doesNotMatch(loopback.stdout + loopback.stderr, /CVE-/);
  });

  it('never gives a server generation the data of the other, and tells where that is', async () => {
    const workspace = await open();
    await start(workspace, '0.6.3', 'auto');
    await workspace.run(['stop']);
    const moved = await start(workspace, '1.5.9', 'auto');
    assert.match(
      moved.stderr,
      /The data of Chroma 0\.x stays in the volume chroma-tls-[0-9a-f]+-data-python/,
    );
    await workspace.run(['stop']);
    const again = await start(workspace, '1.5.9', 'auto');
    assert.doesNotMatch(again.stderr, /stays in the volume/, 'it has data of its own by now');
    await workspace.run(['stop']);

    const volume = nameDataVolume(workspaceId(workspace.folder), 'rust');
    assert.equal(await docker('volume', 'rm', volume), volume);
    await docker('volume', 'create', '--label', 'chroma-tls.line=python', volume);
    const refused = await start(workspace, '1.5.9', 'auto');
    await docker('volume', 'rm', volume);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /holds data of Chroma 0\.x, so Chroma 1\.x was not started with it/,
    );
  });
});

/** Where a version makes and lists collections. */
function collectionsPath(version: string): string {
  return describeVersion(version).heartbeatPath.startsWith('/api/v2')
    ? '/api/v2/tenants/default_tenant/databases/default_database/collections'
    : '/api/v1/collections';
}

/** Nobody on the bridge reaches a plain Chroma that a proxy stands before; the rest has TLS. */
async function assertPlaintextHidden(workspace: Workspace, tls: TlsTermination): Promise<void> {
  const [server = ''] = (await containersOf(workspace)).filter((name) => !name.includes('proxy'));
  const published = await docker('port', server);
  if (tls === 'embedded') {
    assert.match(published, /^8000\/tcp -> 127\.0\.0\.1:\d+$/, 'only this machine gets at it');
    return;
  }
  assert.match(published, new RegExp(`^\\d+/tcp -> 127\\.0\\.0\\.1:${workspace.port}$`));
  const address = await docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', server);
  const plain = await program('curl', [
    '-sS',
    '-m',
    '5',
    `http://${address}:8000/api/v1/heartbeat`,
  ]);
  assert.doesNotMatch(plain.stdout, /heartbeat/);
}

/** The process ids of our own supervisors that serve this workspace. */
function supervisorsOf(workspace: Workspace): readonly number[] {
  return processesOf(workspace)
    .filter(({ role }) => role === 'supervisor')
    .map(({ pid }) => pid);
}
