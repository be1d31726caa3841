import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { requirePart } from '../../parts.ts';
import { program, Workspace, type CliOutcome } from '../fixtures/cli.ts';
import { ComposeWorkspace } from '../fixtures/compose-run.ts';
import { findBridge, HOST } from './engine-bridge.ts';

const NGINX = 'nginx:1.29-alpine';
const INSIDE = '/etc/chroma/ca.pem';
const PYTHON = `import os, chromadb
client = chromadb.HttpClient(host="${HOST}", port=int(os.environ["PORT"]), ssl=True)
print(client.heartbeat())`;

describe('a client in a container', function () {
  let workspace: Workspace;
  let bridge = '';

  before(async function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:0.6.3');
    const { command } = requirePart(this, 'chroma 1.5.9');
    bridge = await findBridge('chromadb/chroma:0.6.3');
    const path = [dirname(command), process.env['PATH']].join(delimiter);
    workspace = await Workspace.create({ PATH: path });
  });
  after(async () => {
    await workspace.run(['stop']);
  });

  it('is told which name the certificate needs, and reaches the server by it, verified', async () => {
    await workspace.run(['generate']);
    const before = await print();
    assert.match(before, new RegExp(`^# First add ${HOST} `, 'm'));
    const names = ['localhost', '127.0.0.1', HOST].flatMap((name) => ['--name', name]);
    await workspace.run(['generate', ...names]);
    const started = await workspace.start('--runtime', 'local', '--bind-address', bridge);
    assert.equal(started.code, 0, started.stderr);
    const code = await print();
    assert.doesNotMatch(code, /First add/);

    const good = await run(code);
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /^\d+$/m);
    const unmounted = await run(code.replace(/^ {2}--(volume|env) .*\n/gm, ''));
    assert.notEqual(unmounted.code, 0, unmounted.stdout);
    assert.match(unmounted.stderr, /certificate verify failed/);
    // The authority alone is there: not the key beside it.
    const looked = await run(code, ['ls', dirname(INSIDE)]);
    assert.equal(looked.stdout.trim(), 'ca.pem');
  });

  async function print(): Promise<string> {
    const { stdout, stderr } = await workspace.run(['clients', '--language', 'container']);
    assert.match(stdout, /IMAGE\n$/, stderr);
    return stdout;
  }

  /** By Python's client, which the image has, or another program. */
  async function run(code: string, command = ['python3', '-c', PYTHON]): Promise<CliOutcome> {
    const [program_ = '', ...args] = command;
    const file = join(workspace.folder, 'run.sh');
    const image = `--env PORT=${workspace.port} --entrypoint ${program_} chromadb/chroma:0.6.3 "$@"`;
    await writeFile(file, code.replace(/IMAGE\n$/, `${image}\n`));
    return program('sh', [file, ...args]);
  }
});

describe('a client in a service beside Chroma', function () {
  let made: ComposeWorkspace;

  before(async function () {
    requirePart(this, 'docker');
    requirePart(this, 'compose v2');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, `image ${NGINX}`);
    made = await ComposeWorkspace.create();
  });
  after(() => made.remove());

  it('reaches it by the name of the service, verified, and not without the authority', async () => {
    const { workspace } = made;
    await workspace.run(['generate', '--name', 'localhost', '--name', 'chroma']);
    const written = await made.write();
    assert.equal(written.code, 0, written.stderr);
    const up = await made.compose('up', '--detach');
    assert.equal(up.code, 0, up.stderr);
    await made.waitForHealth('chroma-tls', 'healthy');

    const { stdout: code, stderr } = await workspace.run([
      ...['clients', '--language', 'compose-service'],
    ]);
    assert.doesNotMatch(code, /First add/, stderr);
    const service = code.replace('IMAGE', `${NGINX}\n    entrypoint: [curl, -sS]`);
    await writeFile(join(workspace.folder, 'client.yml'), service);
    const good = await ask('--cacert', INSIDE);
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /nanosecond heartbeat/);
    const bad = await ask();
    assert.notEqual(bad.code, 0, bad.stdout);
    assert.match(bad.stderr, /certificate/);
  });

  function ask(...options: readonly string[]): Promise<CliOutcome> {
    const files = ['--file', 'docker-compose.yml', '--file', 'client.yml'];
    const url = 'https://chroma:8443/api/v2/heartbeat';
    return made.compose(...files, 'run', '--rm', '--no-deps', '-T', 'client', ...options, url);
  }
});
