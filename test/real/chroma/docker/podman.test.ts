import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { LABELS } from '../../../../src/chroma/runtimes/container-labels.ts';
import { Engine } from '../../../../src/containers/engine.ts';
import { checkEngine } from '../../../../src/containers/engine-facts.ts';
import { pullImage } from '../../../../src/containers/image-pull.ts';
import { DockerRuntime } from '../../../../src/chroma/runtimes/docker/docker.ts';
import { isCancellation } from '../../../../src/system/errors.ts';
import { workspaceId } from '../../../../src/project/data-folder.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { until } from '../../../harness/until.ts';
import { requirePart } from '../../../parts.ts';
import { program, Workspace } from '../../fixtures/cli.ts';
import { Registry } from '../../fixtures/registry.ts';
import { SlowLink } from '../../fixtures/slow-link.ts';

describe('Chroma in Podman', () => {
  let env: NodeJS.ProcessEnv = {};
  let workspace: Workspace;

  before(function () {
    ({ env } = requirePart(this, 'podman'));
    for (const [name, value] of Object.entries(env)) process.env[name] = value;
  });
  after(() => {
    for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name);
  });
  afterEach(async () => {
    await workspace.run(['stop', ...PODMAN]);
    const label = `label=${LABELS.workspace}=${workspaceId(workspace.folder)}`;
    const volumes = await podman('volume', 'ls', '-q', '--filter', label);
    if (volumes !== '') await podman('volume', 'rm', ...volumes.split('\n'));
  });

  const PODMAN = ['--container-command', 'podman'];

  async function podman(...args: readonly string[]): Promise<string> {
    return (await program('podman', args)).stdout.trim();
  }

  async function containers(): Promise<readonly string[]> {
    const label = `label=${LABELS.workspace}=${workspaceId(workspace.folder)}`;
    const listed = await podman('ps', '-a', '--filter', label, '--format', '{{.Names}}');
    return listed.split('\n').filter(Boolean).sort();
  }

  async function start(version: string, ...more: readonly string[]): Promise<void> {
    const image = `chromadb/chroma:${version}`;
    const options = ['--runtime', 'docker', '--image', image, ...PODMAN, ...more];
    const started = await workspace.start(...options);
    assert.equal(started.code, 0, started.stderr);
  }

  async function report(): Promise<{ state: string; tls: string | null }> {
    const { stdout } = await workspace.run(['status', '--json', ...PODMAN]);
    return JSON.parse(stdout) as { state: string; tls: string | null };
  }

  for (const [version, tls] of [
    ['1.5.9', 'nginx'],
    ['1.5.9', 'envoy'],
    ['1.5.9', 'embedded'],
    ['0.5.13', 'uvicorn'],
  ] as const) {
    it(`runs ${version} behind ${tls}: start, heartbeat, kill, restart, stop`, async () => {
      workspace = await Workspace.create();
      assert.equal((await workspace.run(['generate'])).code, 0);
      await start(version, '--tls', tls);
      const { state, tls: seen } = await report();
      assert.deepEqual([state, seen], ['healthy', tls]);
      const path = version.startsWith('1.') ? '/api/v2/heartbeat' : '/api/v1/heartbeat';
      assert.match((await workspace.curl(path)).stdout, /nanosecond heartbeat/);

      const [server = ''] = await containers();
      await podman('kill', server);
      assert.equal((await report()).state, 'failed');
      const told = await workspace.run(['status', ...PODMAN]);
      assert.match(told.stderr, /The Chroma server exited with code 137/);
      await start(version, '--tls', tls);
      assert.equal((await report()).state, 'healthy');

      assert.equal((await workspace.run(['stop', ...PODMAN])).code, 0);
      assert.deepEqual(await containers(), []);
      assert.equal((await report()).state, 'stopped');
    });
  }

  it('shows a change from outside, and reloads nginx', async () => {
    workspace = await Workspace.create();
    await start('1.5.9');
    const runtime = new DockerRuntime({
      workspace: workspace.folder,
      supervisorFile: '',
      readSettings: () => ({ ...DEFAULT_SETTINGS, containerCommand: 'podman' }),
    });
    const old = (await workspace.run(['status', '--json', ...PODMAN])).stdout;
    await workspace.run(['generate', ...PODMAN]);
    const renewed = (await workspace.run(['status', '--json', ...PODMAN])).stdout;
    assert.match(renewed, /"state": "healthy"/);
    assert.notEqual(renewed, old);

    let word = '';
    const watch = runtime.watch(() => {
      void runtime.observe().then((seen) => {
        word = seen.kind === 'impaired' ? seen.problem.code : seen.kind;
      });
    });
    const seen = (wanted: string): Promise<string> =>
      until(
        `"${wanted}" is seen`,
        () => word,
        (last) => last === wanted,
      );
    await seen('running');
    const [server = '', proxy = ''] = await containers();
    await podman('pause', server);
    await seen('server-paused');
    await podman('unpause', server);
    await seen('running');
    await podman('rename', server, 'called-something-else');
    await podman('kill', proxy);
    await seen('exited');
    watch.dispose();
    await start('1.5.9');
    assert.equal((await report()).state, 'healthy');
  });

  it('names the container that holds the port, and explains an image it cannot pull', async () => {
    workspace = await Workspace.create();
    await start('1.5.9');
    const other = await Workspace.create();
    const taken = await other.start(
      ...['--runtime', 'docker', ...PODMAN, '--port', String(workspace.port)],
    );
    assert.match(
      taken.stderr,
      /held by the Chroma server of .+, the container chroma-tls-[0-9a-f]+ /,
    );
    const unknown = await other.start(
      ...['--runtime', 'docker', ...PODMAN, '--image', '127.0.0.1:9/chroma:1.0.0'],
    );
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /The image 127\.0\.0\.1:9\/chroma:1\.0\.0 could not be pulled/);
  });

  it('ends a pull that a user cancels, and leaves nothing behind', async function () {
    workspace = await Workspace.create();
    requirePart(this, 'image nginx:1.29-alpine');
    const registry = await Registry.start(requirePart(this, 'registry').command);
    const pushed = await registry.push('nginx:1.29-alpine', 40_000_000);
    const link = await SlowLink.to(Number(registry.address.split(':')[1]), 5_000_000);
    const config = join(workspace.folder, 'registries.conf');
    const plain = `[[registry]]\nlocation = "${link.address}"\ninsecure = true\n`;
    await writeFile(config, plain);
    process.env['CONTAINERS_REGISTRIES_CONF'] = config;
    const image = pushed.replace(registry.address, link.address);
    const temporary = async (): Promise<readonly string[]> =>
      (await readdir(process.env['TMPDIR'] ?? '/var/tmp')).filter((name) =>
        /^(storage|chroma-tls)/.test(name),
      );
    const before = await temporary();
    try {
      const cancel = new AbortController();
      const wanted = { image, setting: 'image' } as const;
      const pulling = pullImage(new Engine('podman'), wanted, () => undefined, cancel.signal);
      await Promise.race([link.until(5_000_000), pulling]);
      cancel.abort();
      await assert.rejects(pulling, isCancellation);
      assert.equal(await podman('images', '--quiet', image), '');
      assert.deepEqual(await temporary(), before);
    } finally {
      delete process.env['CONTAINERS_REGISTRIES_CONF'];
      link.close();
      await registry.stop();
    }
  });

  it('is refused where its engine is on another machine', async () => {
    workspace = await Workspace.create({ CONTAINER_HOST: 'ssh://me@elsewhere.invalid' });
    const refused = await workspace.start('--runtime', 'docker', ...PODMAN);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /podman is set to an engine on another machine \(ssh:\/\/me@elsewhere\.invalid\)\..*Unset CONTAINER_HOST/,
    );
  });

  it('is refused where the connection in use leads to another machine', async () => {
    workspace = await Workspace.create();
    const told = process.env['CONTAINERS_CONF'];
    const config = join(workspace.folder, 'containers.conf');
    const own = told === undefined ? '' : await readFile(told, 'utf8');
    const connect = async (more: string): Promise<void> => {
      const engine = `[engine]\n${more}active_service = "far"\n`;
      const connections = `[engine.service_destinations.far]\nuri = "ssh://me@elsewhere.invalid/run/podman.sock"\n`;
      const text = own.includes('[engine]\n') ? own : `${own}\n[engine]\n`;
      await writeFile(config, `${text.replace('[engine]\n', engine)}\n${connections}`);
    };
    process.env['CONTAINERS_CONF'] = config;
    const check = () => checkEngine(new Engine('podman'));
    try {
      await connect('');
      assert.equal((await check()).available, true);
      process.env['CONTAINER_CONNECTION'] = 'far';
      assert.match(JSON.stringify(await check()), /elsewhere\.invalid.*CONTAINER_CONNECTION/);
      delete process.env['CONTAINER_CONNECTION'];
      await connect('remote = true\n');
      assert.match(
        JSON.stringify(await check()),
        /elsewhere\.invalid.*another connection than far/,
      );
    } finally {
      delete process.env['CONTAINER_CONNECTION'];
      if (told === undefined) delete process.env['CONTAINERS_CONF'];
      else process.env['CONTAINERS_CONF'] = told;
    }
  });
});
