import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import {
  keepsItsData,
  listComposeContainers,
  readDataPath,
} from '../../../src/chroma/runtimes/compose/containers.ts';
import { Engine } from '../../../src/containers/engine.ts';
import { requirePart } from '../../parts.ts';
import { program } from '../fixtures/cli.ts';
import { COMPOSE_V2, ComposeWorkspace } from '../fixtures/compose-run.ts';

const COLLECTIONS = '/api/v1/collections';

describe('a project that Compose puts together', () => {
  const opened: ComposeWorkspace[] = [];

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'compose v2');
    requirePart(this, 'image chromadb/chroma:0.5.13');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
  });
  afterEach(async () => {
    for (const made of opened.splice(0)) await made.remove();
  });

  async function open(files: (port: number) => Readonly<Record<string, string>>) {
    const made = await ComposeWorkspace.create(COMPOSE_V2);
    opened.push(made);
    const { folder, port } = made.workspace;
    for (const [name, text] of Object.entries(files(port))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text, { flag: name === '.env' ? 'a' : 'w' });
    }
    return made;
  }

  const CHROMA = (more: string): string =>
    `services:\n  chroma:\n    image: chromadb/chroma:1.5.9\n${more}`;

  it('keeps the data where the environment puts it', async () => {
    const made = await open((port) => ({
      'compose.yaml': `services:
  vectors:
    image: chromadb/chroma:0.5.13
    ports:
      - "127.0.0.1:${port}:8000"
    environment:
      - PERSIST_DIRECTORY=/chroma/data
    volumes:
      - vectors:/chroma/data
volumes:
  vectors:
`,
    }));
    const { workspace } = made;
    assert.equal((await made.compose('up', '--detach')).code, 0);
    const plain = `http://127.0.0.1:${workspace.port}${COLLECTIONS}`;
    const json = ['-H', 'content-type: application/json', '-d', '{"name":"precious"}'];
    const patience = ['--retry', '60', '--retry-delay', '1', '--retry-all-errors'];
    const added = await program('curl', ['-sS', ...patience, ...json, plain]);
    assert.match(added.stdout, /"precious"/, added.stderr);
    const written = await workspace.run(['compose', '--yes']);
    assert.equal(written.code, 0, written.stderr);
    // Its volume holds the data, so the container goes.
    assert.equal((await workspace.run(['stop'])).code, 0);
    assert.equal(await made.containerOf('vectors'), '');
    const started = await workspace.run(['start', '--wait']);
    assert.equal(started.code, 0, started.stderr);
    await made.waitForHealth('vectors', 'healthy');
    assert.match((await workspace.curl(COLLECTIONS)).stdout, /"precious"/);
  });

  it('is the one that COMPOSE_FILE names: written, started, seen and stopped', async () => {
    const made = await open((port) => ({
      '.env': 'COMPOSE_FILE=infra/compose.yml\n',
      'infra/compose.yml': CHROMA(`    ports: ["127.0.0.1:${port}:8000"]\n`),
    }));
    const { workspace } = made;
    const written = await workspace.run(['compose', '--yes']);
    assert.equal(written.code, 0, written.stderr);
    assert.deepEqual((await readdir(workspace.folder)).sort(), ['.env', 'certs', 'infra']);
    const started = await workspace.run(['start', '--wait']);
    assert.equal(started.code, 0, started.stderr);
    const { state, runtime, url } = await workspace.status();
    assert.deepEqual([state, runtime, url], ['healthy', 'compose', workspace.url]);
    assert.equal((await workspace.run(['stop'])).code, 0);
    assert.equal(await made.containerOf('chroma'), '');
  });

  it('has its override in it, whose port is put behind TLS', async () => {
    const made = await open((port) => ({
      'docker-compose.yml': CHROMA('    volumes: ["vec:/data"]\nvolumes:\n  vec:\n'),
      'docker-compose.override.yml': `services:\n  chroma:\n    ports:\n      - "${port}:8000"\n`,
    }));
    const { workspace } = made;
    const written = await workspace.run(['compose', '--yes']);
    assert.equal(written.code, 0, written.stderr);
    const started = await workspace.run(['start', '--wait']);
    assert.equal(started.code, 0, started.stderr);
    assert.equal((await workspace.curl('/api/v2/heartbeat')).code, 0);
  });

  it('keeps its data where its entry point says, not in the volume at the usual place', async () => {
    const made = await open(() => ({
      'compose.yaml': CHROMA(
        '    entrypoint: [chroma, run, --path, /x]\n    volumes: ["vec:/data"]\nvolumes:\n  vec:\n',
      ),
    }));
    assert.equal((await made.compose('create')).code, 0);
    const engine = new Engine('docker');
    const [chroma] = await listComposeContainers(engine, made.workspace.folder);
    assert.ok(chroma);
    assert.deepEqual([readDataPath(chroma), keepsItsData(chroma)], ['/x', false]);
  });

  it('has nothing put into it that is taken in from elsewhere', async () => {
    const text = 'include:\n  - infra/compose.yaml\nservices:\n  app:\n    image: busybox\n';
    const made = await open(() => ({
      'docker-compose.yml': text,
      'infra/compose.yaml': CHROMA(''),
    }));
    const refused = await made.workspace.run(['compose', '--yes']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is the service chroma .+ taken in from infra\/compose\.yaml/);
    const file = join(made.workspace.folder, 'docker-compose.yml');
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('knows Chroma by a variable, and reads a file with a byte order mark', async () => {
    const made = await open(() => ({
      '.env': 'CHROMA_IMAGE=chromadb/chroma:1.5.9\n',
      'compose.yaml': '\uFEFFservices:\n  vectordb:\n    image: ${CHROMA_IMAGE:-busybox}\n',
    }));
    const written = await made.workspace.run(['compose', '--yes']);
    assert.equal(written.code, 0, written.stderr);
    const { stdout } = await made.compose('config', '--services');
    assert.deepEqual(stdout.trim().split('\n').sort(), ['vectordb', 'vectordb-tls']);
  });
});
