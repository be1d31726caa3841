import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { listComposeContainers } from '../../../src/chroma/runtimes/compose/compose-containers.ts';
import { keepsItsData, readDataPath } from '../../../src/chroma/runtimes/compose/container-data.ts';
import { Engine } from '../../../src/containers/engine.ts';
import { requirePart } from '../../parts.ts';
import { program } from '../fixtures/cli.ts';
import { ComposeWorkspace, onlyOldCompose } from '../fixtures/compose-run.ts';

const COLLECTIONS = '/api/v1/collections';

type Files = (port: number) => Readonly<Record<string, string>>;

const chroma = (more: string): string =>
  `services:\n  chroma:\n    image: chromadb/chroma:1.5.9\n${more}`;

const DATA_ELSEWHERE: Files = (port) => ({
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
});

const FILE_ELSEWHERE: Files = (port) => ({
  '.env': 'COMPOSE_FILE=infra/compose.yml\n',
  'infra/compose.yml': chroma(`    ports: ["127.0.0.1:${port}:8000"]\n`),
});

const OVERRIDDEN: Files = (port) => ({
  'docker-compose.yml': chroma('    volumes: ["vec:/data"]\nvolumes:\n  vec:\n'),
  'docker-compose.override.yml': `services:\n  chroma:\n    ports:\n      - "${port}:8000"\n`,
});

const opened: ComposeWorkspace[] = [];

async function open(files: Files, ...by: Parameters<typeof ComposeWorkspace.create>) {
  const made = await ComposeWorkspace.create(...by);
  opened.push(made);
  const { folder, port } = made.workspace;
  for (const [name, text] of Object.entries(files(port))) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text, { flag: name === '.env' ? 'a' : 'w' });
  }
  return made;
}

async function removeOpened(): Promise<void> {
  for (const made of opened.splice(0)) await made.remove();
}

async function write({ workspace }: ComposeWorkspace): Promise<void> {
  const written = await workspace.run(['compose', '--yes']);
  assert.equal(written.code, 0, written.stderr);
}

/** Nothing runs in these: so they cost little with docker-compose 1.29 too. */
for (const version of ['v2', 'v1'] as const) {
  describe(`a project that Compose ${version} resolves`, () => {
    let by: Parameters<typeof ComposeWorkspace.create> = [];

    before(async function () {
      requirePart(this, 'docker');
      const compose = requirePart(this, `compose ${version}`);
      if ('command' in compose) by = [[compose.command], await onlyOldCompose(compose.command)];
      requirePart(this, 'image chromadb/chroma:1.5.9');
    });
    afterEach(removeOpened);

    /** The file as this Compose resolves it. */
    async function resolved(made: ComposeWorkspace): Promise<string> {
      const { stdout, stderr, code } = await made.compose('config');
      assert.equal(code, 0, stderr);
      return stdout;
    }

    it('keeps the volume where the environment puts the data', async () => {
      const made = await open(DATA_ELSEWHERE, ...by);
      await write(made);
      const project = await resolved(made);
      assert.match(project, /PERSIST_DIRECTORY: \/chroma\/data/);
      assert.match(project, /vectors:\/chroma\/data|source: vectors\n +target: \/chroma\/data/);
      assert.match(project, /UVICORN_SSL_CERTFILE/);
    });

    it('is written where COMPOSE_FILE names it', async () => {
      const made = await open(FILE_ELSEWHERE, ...by);
      await write(made);
      const names = await readdir(made.workspace.folder);
      assert.deepEqual(names.sort(), ['.env', 'certs', 'infra']);
      assert.match(await resolved(made), /chroma-tls:/);
    });

    it('includes its override, whose port gets TLS', async () => {
      const made = await open(OVERRIDDEN, ...by);
      await write(made);
      const project = await resolved(made);
      assert.match(project, new RegExp(`${made.workspace.port}:8443|target: 8443`));
      assert.doesNotMatch(project, new RegExp(`${made.workspace.port}:8000|target: 8000`));
    });

    it('keeps its data where its entry point says, not in the volume at the usual place', async () => {
      const made = await open(
        () => ({
          'compose.yaml': chroma(
            '    entrypoint: [chroma, run, --path, /x]\n    volumes: ["vec:/data"]\nvolumes:\n  vec:\n',
          ),
        }),
        ...by,
      );
      assert.equal((await made.compose('create')).code, 0);
      const engine = new Engine('docker');
      const [server] = await listComposeContainers(engine, made.workspace.folder);
      assert.ok(server);
      assert.deepEqual([readDataPath(server), keepsItsData(server)], ['/x', false]);
    });

    it('is refused where Chroma is in a file it includes', async () => {
      const text = 'include:\n  - infra/compose.yaml\nservices:\n  app:\n    image: busybox\n';
      const made = await open(
        () => ({
          'docker-compose.yml': text,
          'infra/compose.yaml': chroma(''),
        }),
        ...by,
      );
      const refused = await made.workspace.run(['compose', '--yes']);
      assert.equal(refused.code, 1);
      const why =
        version === 'v1'
          ? /Compose cannot read the Compose file\. 'include' does not match/
          : /has the service chroma already.+ comes from infra\/compose\.yaml/;
      assert.match(refused.stderr, why);
      const file = join(made.workspace.folder, 'docker-compose.yml');
      assert.equal(await readFile(file, 'utf8'), text);
    });

    it('knows Chroma by a variable, and reads a file with a byte order mark', async () => {
      const made = await open(
        () => ({
          '.env': 'CHROMA_IMAGE=chromadb/chroma:1.5.9\n',
          'compose.yaml': '\uFEFFservices:\n  vectordb:\n    image: ${CHROMA_IMAGE:-busybox}\n',
        }),
        ...by,
      );
      const written = await made.workspace.run(['compose', '--yes']);
      assert.equal(written.code, 0, written.stderr);
      const { stdout } = await made.compose('config', '--services');
      assert.deepEqual(stdout.trim().split('\n').sort(), ['vectordb', 'vectordb-tls']);
    });
  });
}

describe('a project of several files, started', () => {
  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'compose v2');
    requirePart(this, 'image chromadb/chroma:0.5.13');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
  });
  afterEach(removeOpened);

  it('keeps the data where the environment puts it', async () => {
    const made = await open(DATA_ELSEWHERE);
    const { workspace } = made;
    assert.equal((await made.compose('up', '--detach')).code, 0);
    const plain = `http://127.0.0.1:${workspace.port}${COLLECTIONS}`;
    const json = ['-H', 'content-type: application/json', '-d', '{"name":"precious"}'];
    const patience = ['--retry', '60', '--retry-delay', '1', '--retry-all-errors'];
    const added = await program('curl', ['-sS', ...patience, ...json, plain]);
    assert.match(added.stdout, /"precious"/, added.stderr);
    await write(made);
    // Its volume holds the data, so the container goes.
    assert.equal((await workspace.run(['stop'])).code, 0);
    assert.equal(await made.containerOf('vectors'), '');
    const started = await workspace.run(['start', '--wait']);
    assert.equal(started.code, 0, started.stderr);
    await made.waitForHealth('vectors', 'healthy');
    assert.match((await workspace.curl(COLLECTIONS)).stdout, /"precious"/);
  });

  it('is the one that COMPOSE_FILE names: started, seen and stopped', async () => {
    const made = await open(FILE_ELSEWHERE);
    const { workspace } = made;
    await write(made);
    const started = await workspace.run(['start', '--wait']);
    assert.equal(started.code, 0, started.stderr);
    const { state, runtime, url } = await workspace.status();
    assert.deepEqual([state, runtime, url], ['healthy', 'compose', workspace.url]);
    assert.equal((await workspace.run(['stop'])).code, 0);
    assert.equal(await made.containerOf('chroma'), '');
  });

  it('answers over TLS on the port of its override', async () => {
    const made = await open(OVERRIDDEN);
    const { workspace } = made;
    await write(made);
    const started = await workspace.run(['start', '--wait']);
    assert.equal(started.code, 0, started.stderr);
    assert.equal((await workspace.curl('/api/v2/heartbeat')).code, 0);
  });
});
