import assert from 'node:assert/strict';
import { readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { requirePart } from '../../parts.ts';
import { program, Workspace, type CliOutcome } from '../fixtures/cli.ts';
import { cleanUp, containersOf, docker } from '../fixtures/docker.ts';

const COLLECTIONS = '/api/v2/tenants/default_tenant/databases/default_database/collections';

describe('A server that asks for a bearer token', () => {
  let workspace: Workspace;
  let python = '';

  afterEach(() => cleanUp(workspace));

  for (const [runtime, tls] of [
    ['local', 'embedded'],
    ['docker', 'nginx'],
    ['docker', 'envoy'],
    ['docker', 'embedded'],
  ] as const) {
    it(`${runtime}, by ${tls}: serves a Python client that presents it, and a page of a listed origin`, async function () {
      const chroma = requirePart(this, 'chroma 1.5.9');
      ({ python } = chroma);
      if (runtime === 'docker') {
        requirePart(this, 'docker');
        requirePart(this, 'image chromadb/chroma:1.5.9');
        if (tls === 'nginx') requirePart(this, 'image nginx:1.29-alpine');
        if (tls === 'envoy') requirePart(this, 'image envoyproxy/envoy:v1.40.0');
      }
      workspace = await Workspace.create({
        PATH: `${dirname(chroma.command)}:${process.env['PATH'] ?? ''}`,
      });
      const origin = 'https://app.test';
      const options = ['--runtime', runtime, '--tls', tls] as const;
      const rules = ['--token', 'generated', '--cors-origin', origin] as const;
      const started = await workspace.start(...options, ...rules);
      assert.equal(started.code, 0, started.stderr);
      assert.equal((await workspace.status()).state, 'healthy', 'a heartbeat needs no token');

      const token = await readToken(workspace);
      const shown = await workspace.run(['env', '--port', String(workspace.port)]);
      assert.ok(!shown.stdout.includes(token), 'only on request');
      assert.match(shown.stderr, /--show-token/);
      assert.equal((await runAsClient(workspace, python, true)).stdout, '1\n');
      assert.notEqual((await runAsClient(workspace, python, false)).code, 0);
      assert.equal(await ask(), '401');
      assert.equal(await ask('-H', `Authorization: Bearer ${token}0`), '401');
      assert.equal(await ask('-H', `Authorization: Bearer ${token}`), '200');
      assert.match(
        await preflight(origin),
        new RegExp(`^access-control-allow-origin: ${origin}\r$`, 'im'),
      );
      assert.doesNotMatch(await preflight('https://other.test'), /access-control-allow-origin/i);

      await assertKept(workspace, token, tls);

      const without = await workspace.start(...options);
      assert.equal(without.code, 0, without.stderr);
      assert.equal(await ask(), '401', 'a start that says nothing of it drops it not');
    });
  }

  it('takes the place of one that lets in everyone, with its data', async function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    workspace = await Workspace.create({
      PATH: `${dirname(chroma.command)}:${process.env['PATH'] ?? ''}`,
    });
    await workspace.start('--runtime', 'local');
    assert.equal((await runAsClient(workspace, chroma.python, false)).stdout, '1\n');
    const started = await workspace.start('--runtime', 'local', '--token', 'generated');
    assert.match(started.stderr, /asks for no token\. It is replaced; its data stays/);
    assert.equal(await ask(), '401');
    const token = await readToken(workspace);
    const kept = await workspace.curl(COLLECTIONS, '-H', `Authorization: Bearer ${token}`);
    assert.match(kept.stdout, /"example"/);
  });

  it('is told where a start that says nothing of it drops it, and kept where the server is only silent', async function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    workspace = await Workspace.create({
      PATH: `${dirname(chroma.command)}:${process.env['PATH'] ?? ''}`,
    });
    await workspace.start('--runtime', 'local', '--token', 'generated');
    // Of another authority, so the one that runs is not verified.
    const silent = await workspace.start('--runtime', 'local', '--folder', 'other');
    assert.match(silent.stderr, /no verified heartbeat/);
    assert.equal(silent.code, 0, silent.stderr);
    const authority = ['--cacert', join(workspace.folder, 'other', 'ca.pem')];
    assert.equal(await ask(...authority), '401');

    await workspace.run(['stop']);
    const open = await workspace.start('--runtime', 'local');
    assert.match(open.stderr, /It asks for no token now/);
    assert.equal(await ask(), '200');
    await workspace.run(['stop']);
    const said = await workspace.start('--runtime', 'local', '--token', 'none');
    assert.doesNotMatch(said.stderr, /no token/);
  });

  async function ask(...more: readonly string[]): Promise<string> {
    const format = ['-o', '/dev/null', '-w', '%{http_code}'];
    return (await workspace.curl(COLLECTIONS, ...format, ...more)).stdout;
  }

  async function preflight(origin: string): Promise<string> {
    const headers = [
      `Origin: ${origin}`,
      'Access-Control-Request-Method: POST',
      'Access-Control-Request-Headers: authorization, content-type',
    ].flatMap((header) => ['-H', header]);
    return (await workspace.curl(COLLECTIONS, '-X', 'OPTIONS', '-i', ...headers)).stdout;
  }
});

async function readToken({ env }: Workspace): Promise<string> {
  const folder = join(env['CHROMA_TLS_DATA_DIR'] ?? '', 'workspaces');
  const [id = ''] = await readdir(folder);
  const file = join(folder, id, 'bearer-token');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  return readFile(file, 'utf8');
}

/** The printed code of the Python client, in a shell that has evaluated what `env` prints. */
async function runAsClient(
  workspace: Workspace,
  python: string,
  withToken: boolean,
): Promise<CliOutcome> {
  const port = ['--port', String(workspace.port)];
  const { stdout: code } = await workspace.run(['clients', '--language', 'python', ...port]);
  const query = `
collection = client.get_or_create_collection("example", embedding_function=None)
collection.upsert(ids=["one"], embeddings=[[1.0, 0.0]], documents=["one"])
print(len(collection.query(query_embeddings=[[1.0, 0.0]], n_results=1)["ids"]))
`;
  const cli = [process.execPath, resolve('dist/cli.js'), 'env', '--shell', 'bash', ...port];
  const script = 'eval "$("${@:3}")" && exec "$1" -c "$2"';
  const asked = [...cli, ...(withToken ? ['--show-token'] : [])];
  return program('bash', ['-c', script, 'bash', python, code + query, ...asked], {
    cwd: workspace.folder,
    env: workspace.env,
  });
}

/** The token is in no file of the folder, and in nothing that the engine tells but Envoy's environment. */
async function assertKept(workspace: Workspace, token: string, tls: string): Promise<void> {
  const found = await program('grep', ['-rl', token, workspace.folder]);
  assert.equal(found.stdout, '');
  const containers = await containersOf(workspace);
  if (containers.length === 0) return;
  const told = JSON.parse(await docker('inspect', ...containers)) as readonly {
    readonly Config: { readonly Env: readonly string[] };
  }[];
  const environment = told.flatMap(({ Config }) => Config.Env).filter((one) => one.includes(token));
  assert.equal(environment.length, tls === 'envoy' ? 1 : 0);
  const rest = told.map((one) => ({ ...one, Config: { ...one.Config, Env: [] } }));
  assert.ok(!JSON.stringify(rest).includes(token));
  const logs = await Promise.all(containers.map((name) => program('docker', ['logs', name])));
  assert.ok(!JSON.stringify(logs).includes(token));
}
