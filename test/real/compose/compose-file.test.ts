import assert from 'node:assert/strict';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { until } from '../../harness/until.ts';
import { requirePart } from '../../parts.ts';
import { program, Workspace } from '../fixtures/cli.ts';
import { COMPOSE_V2, ComposeWorkspace, type ComposeCommand } from '../fixtures/compose-run.ts';
import { assertForwardSecrecy } from '../fixtures/tls-scan.ts';

const COLLECTIONS = '/api/v2/tenants/default_tenant/databases/default_database/collections';
const JSON_BODY = ['-H', 'content-type: application/json'];

describe('a Compose file brought up as written', () => {
  const opened: ComposeWorkspace[] = [];
  const commands: Record<'v1' | 'v2', ComposeCommand> = { v2: COMPOSE_V2, v1: COMPOSE_V2 };

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'compose v2');
    commands.v1 = [requirePart(this, 'compose v1').command];
    requirePart(this, 'image chromadb/chroma:0.4.22');
    requirePart(this, 'image chromadb/chroma:0.4.24');
    requirePart(this, 'image chromadb/chroma:0.5.13');
    requirePart(this, 'image chromadb/chroma:0.6.3');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    requirePart(this, 'image envoyproxy/envoy:v1.40.0');
  });
  afterEach(async () => {
    for (const made of opened.splice(0)) await made.remove();
  });

  async function open(version: 'v1' | 'v2' = 'v2'): Promise<ComposeWorkspace> {
    const made = await ComposeWorkspace.create(commands[version]);
    opened.push(made);
    return made;
  }

  /** Writes the file and brings it up, with nothing done to it. */
  async function bringUp(
    version: 'v1' | 'v2',
    ...options: readonly string[]
  ): Promise<ComposeWorkspace> {
    const made = await open(version);
    const written = await made.write(...options);
    assert.equal(written.code, 0, written.stderr);
    const up = await made.compose('up', '--detach');
    assert.equal(up.code, 0, up.stderr);
    return made;
  }

  for (const [version, tag, tls, heartbeat, asked, refused] of [
    ['v2', '1.5.9', 'nginx', '/api/v2/heartbeat', COLLECTIONS, '401'],
    ['v1', '1.5.9', 'nginx', '/api/v2/heartbeat', COLLECTIONS, '401'],
    ['v2', '1.5.9', 'envoy', '/api/v2/heartbeat', COLLECTIONS, '401'],
    ['v1', '1.5.9', 'envoy', '/api/v2/heartbeat', COLLECTIONS, '401'],
    ['v2', '0.6.3', 'uvicorn', '/api/v2/heartbeat', COLLECTIONS, '403'],
    ['v1', '0.5.13', 'uvicorn', '/api/v1/heartbeat', '/api/v1/collections', '403'],
    ['v2', '0.5.13', 'nginx', '/api/v1/heartbeat', '/api/v1/collections', '401'],
  ] as const) {
    it(`${tag} by ${tls} with Compose ${version}: healthy, verified, with forward secrecy only, and asks for the token`, async function () {
      const { command } = requirePart(this, 'sslscan');
      const image = `chromadb/chroma:${tag}`;
      const made = await bringUp(version, '--image', image, '--tls', tls, '--bearer-token');
      await made.waitForHealth('chroma', 'healthy');
      if (tls !== 'uvicorn') await made.waitForHealth('chroma-tls', 'healthy');
      assert.equal(await made.ask(heartbeat), '200', 'a heartbeat needs no token');
      const token = await made.readVariable('CHROMA_TOKEN');
      assert.match(token, /^[0-9a-f]{64}$/);
      assert.equal(await made.ask(asked), refused);
      assert.equal(await made.ask(asked, '-H', `Authorization: Bearer ${token}0`), refused);
      assert.equal(await made.ask(asked, '-H', `Authorization: Bearer ${token}`), '200');
      await assertForwardSecrecy(command, made.workspace.port, 'ECDSA');
    });
  }

  for (const tag of ['0.4.22', '0.4.24'] as const) {
    it(`${tag}, which has no curl: healthy, verified, with forward secrecy only`, async function () {
      const { command } = requirePart(this, 'sslscan');
      const made = await bringUp('v2', '--image', `chromadb/chroma:${tag}`);
      await made.waitForHealth('chroma', 'healthy');
      assert.equal(await made.ask('/api/v1/heartbeat'), '200');
      await assertForwardSecrecy(command, made.workspace.port, 'ECDSA');
    });
  }

  for (const tls of ['nginx', 'envoy'] as const) {
    it(`publishes nothing in clear behind ${tls}, and takes bulk adds`, async () => {
      const made = await bringUp('v2', '--tls', tls);
      await made.waitForHealth('chroma-tls', 'healthy');
      const id = await made.containerOf('chroma');
      const ports = (await program('docker', ['port', id])).stdout.trim();
      assert.equal(ports, `8443/tcp -> 127.0.0.1:${made.workspace.port}`);
      const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
      const address = (await program('docker', ['inspect', '--format', format, id])).stdout.trim();
      for (const port of [8000, 8081]) {
        const plain = await program('curl', ['-sS', '-m', '5', `http://${address}:${port}/`]);
        assert.match(plain.stderr, /refused|connect/i, `port ${port} on the bridge`);
      }
      const made2 = await made.workspace.curl(COLLECTIONS, ...JSON_BODY, '-d', '{"name":"bulk"}');
      const collection = (JSON.parse(made2.stdout) as { id: string }).id;
      const body = JSON.stringify({
        ids: Array.from({ length: 300 }, (_, index) => `id${index}`),
        embeddings: Array.from({ length: 300 }, () =>
          Array.from({ length: 1024 }, () => 0.1234567),
        ),
      });
      assert.ok(body.length > 2_000_000);
      await writeFile(join(made.workspace.folder, 'bulk.json'), body);
      const add = [...JSON_BODY, '--data-binary', '@bulk.json'];
      assert.equal(await made.ask(`${COLLECTIONS}/${collection}/add`, ...add), '201');
      const version = await made.workspace.curl('/api/v2/version', '-w', '%{http_version}');
      assert.match(version.stdout, /2$/, 'HTTP/2');
    });
  }

  it('serves a Python client that presents the token', async function () {
    const { python } = requirePart(this, 'chroma 1.5.9');
    const made = await bringUp('v2', '--token', 'generated', '--cors-origin', 'https://app.test');
    await made.waitForHealth('chroma-tls', 'healthy');
    const script = `import sys, chromadb
from chromadb.config import Settings
client = chromadb.HttpClient(
    host="localhost", port=int(sys.argv[1]), ssl=True,
    headers={"Authorization": "Bearer " + sys.argv[2]},
    settings=Settings(chroma_server_ssl_verify="certs/ca.pem"))
collection = client.create_collection("shelf")
collection.add(ids=["a", "b"], embeddings=[[1, 0], [0, 1]])
print(collection.query(query_embeddings=[[0.9, 0.1]], n_results=1)["ids"])
`;
    const ask = (token: string): ReturnType<typeof program> =>
      program(python, ['-c', script, String(made.workspace.port), token], {
        cwd: made.workspace.folder,
      });
    const known = await ask(await made.readVariable('CHROMA_TOKEN'));
    assert.equal(known.stdout.trim(), "[['a']]", known.stderr);
    assert.notEqual((await ask('other')).code, 0);
    for (const [origin, isListed] of [
      ['https://app.test', true],
      ['https://other.test', false],
    ] as const) {
      const headers = ['-H', `Origin: ${origin}`, '-H', 'Access-Control-Request-Method: POST'];
      const asked = await made.workspace.curl(COLLECTIONS, '-X', 'OPTIONS', '-i', ...headers);
      assert.equal(/access-control-allow-origin/i.test(asked.stdout), isListed, asked.stdout);
    }
  });

  for (const [what, options, service] of [
    ['nginx', [], 'chroma-tls'],
    ['uvicorn', ['--image', 'chromadb/chroma:0.6.3'], 'chroma'],
  ] as const) {
    it(`is unhealthy behind ${what} with an authority that did not sign the certificate`, async () => {
      const made = await open();
      await made.write(...options);
      const other = await Workspace.create();
      await other.run(['generate']);
      await made.hurryHealthChecks(service);
      await cp(join(other.folder, 'certs/ca.pem'), join(made.workspace.folder, 'certs/ca.pem'));
      await made.compose('up', '--detach');
      await made.waitForHealth(service, 'unhealthy');
    });
  }

  for (const [what, options, service] of [
    ['nginx', [], 'chroma-tls'],
    ['envoy', ['--tls', 'envoy'], 'chroma-tls'],
    ['uvicorn', ['--image', 'chromadb/chroma:0.5.13'], 'chroma'],
  ] as const) {
    it(`is unhealthy behind ${what} under a name that the certificate lacks`, async () => {
      const made = await open();
      await made.write(...options);
      await made.hurryHealthChecks(service);
      await made.setVariable('CHROMA_DOMAIN', 'other.test');
      await made.compose('up', '--detach');
      await made.waitForHealth(service, 'unhealthy');
      await made.setVariable('CHROMA_DOMAIN', 'localhost');
      await made.compose('up', '--detach');
      await made.waitForHealth(service, 'healthy');
    });
  }

  it('verifies a name of its own where CHROMA_DOMAIN is a wildcard or an address', async () => {
    const cases = [
      ['*.example.test', 'nginx'],
      ['127.0.0.1', 'nginx'],
      ['127.0.0.1', 'envoy'],
    ] as const;
    const checks = cases.map(async ([domain, tls]) => {
      const made = await bringUp('v2', '--domain', domain, '--tls', tls);
      await made.waitForHealth('chroma-tls', 'healthy');
    });
    await Promise.all(checks);
  });

  it('accepts wildcards and addresses with uvicorn too', async () => {
    const checks = ['*.example.test', '127.0.0.1'].map(async (domain) => {
      const made = await bringUp('v2', '--domain', domain, '--image', 'chromadb/chroma:0.6.3');
      await made.waitForHealth('chroma', 'healthy');
    });
    await Promise.all(checks);
  });

  for (const [version, tls] of [
    ['v2', 'nginx'],
    ['v1', 'envoy'],
  ] as const) {
    it(`recovers when Chroma is restarted behind ${tls} (Compose ${version})`, async () => {
      const made = await bringUp(version, '--tls', tls);
      await made.waitForHealth('chroma-tls', 'healthy');
      // A crash: not a stop that a user asked for, which Docker would respect.
      const chroma = await made.containerOf('chroma');
      const startedAt = async (): Promise<string> =>
        (await program('docker', ['inspect', '--format', '{{.State.StartedAt}}', chroma])).stdout;
      const before = await startedAt();
      await program('docker', ['exec', chroma, 'bash', '-c', 'kill 1']);
      await until('Chroma is started again', startedAt, (at) => at !== before);
      await until(
        'it answers again',
        () => made.ask('/api/v2/heartbeat'),
        (answer) => answer === '200',
      );
    });
  }

  it("is added to a user's file, whose other services run on", async () => {
    const made = await open();
    const file = join(made.workspace.folder, 'compose.yaml');
    const text = `# mine
services:
  web: # the shop
    image: nginx:1.29-alpine
    volumes: [ "web:/usr/share/nginx/html" ]
volumes:
  web:
`;
    await writeFile(file, text);
    await made.compose('up', '--detach');
    const web = await made.containerOf('web');
    assert.match(web, /^[0-9a-f]{64}$/);

    const asked = await made.write();
    assert.equal(asked.code, 1);
    assert.match(asked.stdout, /^\+ {2}chroma:$/m, 'the changes are shown');
    assert.doesNotMatch(asked.stdout, /^-[^-]/m, 'nothing is taken out');
    assert.match(asked.stderr, /--yes/);
    assert.equal(await readFile(file, 'utf8'), text, 'and nothing was written');

    assert.equal((await made.write('--yes')).code, 0);
    const up = await made.compose('up', '--detach');
    assert.equal(up.code, 0, up.stderr);
    await made.waitForHealth('chroma-tls', 'healthy');
    assert.equal(await made.containerOf('web'), web, 'the same container');
    assert.match((await made.write()).stdout, /has it all already/);
  });

  it('is a file of its own beside one that has a Chroma', async () => {
    const made = await open();
    const file = join(made.workspace.folder, 'docker-compose.yml');
    const text = 'services: { chroma: { image: "chromadb/chroma:1.5.9" } } # one line\n';
    await writeFile(file, text);
    assert.equal((await made.write('--separate')).code, 0);
    assert.equal(await readFile(file, 'utf8'), text);
    const separate = ['--file', 'docker-compose.chroma.yml'];
    const up = await made.compose(...separate, 'up', '--detach');
    assert.equal(up.code, 0, up.stderr);
    await made.waitForHealth('chroma-local-tls', 'healthy');
    assert.equal(await made.ask('/api/v2/heartbeat'), '200');
    await made.compose(...separate, 'down', '--volumes');
  });

  it('says in the log of its TLS proxy that a fresh clone has no certificates', async () => {
    const made = await open();
    await made.write();
    await rm(join(made.workspace.folder, 'certs'), { recursive: true });
    const up = await made.compose('up', '--detach');
    assert.equal(up.code, 0, up.stderr);
    await until(
      'the log says so',
      async () => (await made.compose('logs', 'chroma-tls')).stdout,
      (log) => /There is no certificate in the folder[^]*chroma-tls generate/.test(log),
    );
  });

  it('explains a file that cannot be read', async () => {
    const made = await open();
    const file = join(made.workspace.folder, 'docker-compose.yml');
    await writeFile(file, 'services:\n  a: [\n');
    const refused = await made.write('--yes');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /cannot be read as a Compose file\. .+ Correct it/);
    assert.equal(await readFile(file, 'utf8'), 'services:\n  a: [\n');
    await writeFile(file, '');
  });
});
