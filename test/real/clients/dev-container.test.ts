import assert from 'node:assert/strict';
import { delimiter, dirname } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { requirePart } from '../../parts.ts';
import { program, Workspace } from '../fixtures/cli.ts';
import { CLI, DevContainer } from './dev-container.ts';
import { findBridge, HOST } from './engine-bridge.ts';

/** It has Python's client, curl, a trust store, root for its user, and no sudo. */
const IMAGE = 'chromadb/chroma:0.6.3';

describe('a client in a dev container', function () {
  let workspace: Workspace;
  let container: DevContainer | undefined;
  let bridge = '';
  let lines = '';
  let python = '';
  let curl = '';

  before(async function () {
    for (const part of ['docker', `image ${IMAGE}`, 'devcontainer cli'] as const)
      requirePart(this, part);
    const { command } = requirePart(this, 'chroma 1.5.9');
    bridge = await findBridge(IMAGE);
    const path = [dirname(command), process.env['PATH']].join(delimiter);
    workspace = await Workspace.create({ PATH: path });
    const names = ['localhost', '127.0.0.1', HOST].flatMap((name) => ['--name', name]);
    await workspace.run(['generate', ...names]);
    const started = await workspace.start('--runtime', 'local', '--bind-address', bridge);
    assert.equal(started.code, 0, started.stderr);
    ({ stdout: lines } = await workspace.run(['clients', '--language', 'devcontainer']));
    assert.doesNotMatch(lines, /First add/);
    const address = `host="${HOST}", port=${String(workspace.port)}, ssl=True`;
    // Its own source tree is where the image has the client.
    python = `cd /chroma && python3 -c 'import chromadb; print(chromadb.HttpClient(${address}).heartbeat())'`;
    curl = `curl -sS https://${HOST}:${String(workspace.port)}/api/v2/heartbeat`;
  });
  afterEach(async () => {
    await container?.remove();
    container = undefined;
  });
  after(() => workspace.run(['stop']));

  it('verifies the server with the lines as they are printed', async () => {
    container = await DevContainer.up(workspace.folder, IMAGE, 'whole', lines);
    const byVariables = await container.exec(python);
    assert.match(byVariables.stdout, /^\d+$/m, byVariables.stderr);
    const byStore = await container.exec(curl);
    assert.match(byStore.stdout, /nanosecond heartbeat/, byStore.stderr);
    const { stdout } = await container.exec(`ls /etc/chroma; ${CLI} env 2>&1`);
    const [mounted, ...env] = stdout.trim().split('\n');
    assert.equal(mounted, 'ca.pem', 'not the key beside it');
    assert.deepEqual(env, [
      'export CHROMA_DOMAIN=localhost',
      'export CHROMA_SERVER_SSL_VERIFY=/workspaces/mine/certs/ca.pem',
    ]);
  });

  it('refuses it without the authority, until the container is given trust', async () => {
    const bare = `"runArgs": ["--add-host=${HOST}:host-gateway"]`;
    container = await DevContainer.up(workspace.folder, IMAGE, 'bare', bare);
    assert.match((await container.exec(python)).stderr, /certificate verify failed/);
    assert.match((await container.exec(curl)).stderr, /certificate/);

    const byOption = await container.exec(`${CLI} trust --yes`);
    assert.match(byOption.stderr, /not made by Chroma TLS on this machine/);
    assert.match(byOption.stderr, /takes a word typed in a terminal/);
    const onTerminal = `printf 'trust\\n' | script -qefc '${CLI} trust' /dev/null`;
    const given = await container.exec(`${onTerminal} && ${curl}`);
    assert.match(given.stdout, /Trusted by system\.[^]*nanosecond heartbeat/, given.stderr);
    const env = await container.exec(`eval "$(${CLI} env)" && ${python}`);
    assert.match(env.stdout, /^\d+$/m, env.stderr);

    const resolve = `${HOST}:${String(workspace.port)}:${bridge}`;
    const outside = await program('sh', ['-c', `${curl} --resolve ${resolve}`]);
    assert.match(outside.stderr, /certificate/, 'this machine trusts it no more than before');
  });
});
