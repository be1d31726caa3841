import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { noteRuntime } from '../../../../src/chroma/runtimes/runtime-choice.ts';
import { until } from '../../../harness/until.ts';
import { requirePart } from '../../../parts.ts';
import { program, Workspace, type CliOutcome } from '../../fixtures/cli.ts';
import { onlyOldCompose } from '../../fixtures/compose-run.ts';

/** A file as a user may have it: other names, another service, a profile, a project name. */
const OWN_FILE = (port: number): string => `version: '3.8'
services:
  vectors:
    image: chromadb/chroma:0.5.13
    profiles: [search]
    environment:
      UVICORN_SSL_KEYFILE: /certs/serverkey.pem
      UVICORN_SSL_CERTFILE: /certs/servercert.pem
    volumes:
      - ./certs:/certs:ro
      - own:/chroma/chroma
    ports:
      - 127.0.0.1:${port}:8000
  cache:
    image: nginx:1.29-alpine
volumes:
  own:
`;

/** A user's own TLS proxy, on the network of the project. */
const PROXY_FILE = (port: number, image: string): string => `services:
  vectors:
    image: chromadb/chroma:1.5.9
    volumes:
      - own:/data
  edge:
    image: ${image}
    depends_on:
      - vectors
    volumes:
      - ./certs:/certs:ro
      - ./edge.conf:/etc/nginx/conf.d/default.conf:ro
    ports:
      - 127.0.0.1:${port}:8443
volumes:
  own:
`;

const PROXY_CONFIGURATION = `server {
  listen 8443 ssl;
  ssl_certificate /certs/servercert.pem;
  ssl_certificate_key /certs/serverkey.pem;
  location / { proxy_pass http://vectors:8000; }
}
`;

describe('the runtime compose', () => {
  const opened: Workspace[] = [];
  let oldProgram = '';

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'compose v2');
    oldProgram = requirePart(this, 'compose v1').command;
    requirePart(this, 'image chromadb/chroma:0.5.13');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
  });
  afterEach(async () => {
    for (const workspace of opened.splice(0)) {
      const ids = await containersOf(workspace, '{{.ID}}');
      await program('docker', ['rm', '--force', '--volumes', ...ids]);
      const volumes = ['own', 'chroma-data'].map((name) => `own${workspace.port}_${name}`);
      await program('docker', ['volume', 'rm', '--force', ...volumes]);
      await program('docker', ['network', 'prune', '--force', '--filter', labelOf(workspace)]);
    }
  });

  async function open(env: NodeJS.ProcessEnv = {}): Promise<Workspace> {
    const workspace = await Workspace.create(env);
    opened.push(workspace);
    await writeFile(join(workspace.folder, '.env'), `COMPOSE_PROJECT_NAME=own${workspace.port}\n`);
    await writeFile(join(workspace.folder, 'docker-compose.yml'), OWN_FILE(workspace.port));
    assert.equal((await workspace.run(['generate'])).code, 0);
    return workspace;
  }

  const labelOf = ({ port }: Workspace): string => `label=com.docker.compose.project=own${port}`;

  async function containersOf(workspace: Workspace, format: string): Promise<readonly string[]> {
    const args = ['ps', '--all', '--filter', labelOf(workspace), '--format', format];
    return (await program('docker', args)).stdout.split('\n').filter(Boolean).sort();
  }

  async function networksOf(workspace: Workspace): Promise<readonly string[]> {
    const args = ['network', 'ls', '--quiet', '--filter', labelOf(workspace)];
    return (await program('docker', args)).stdout.split('\n').filter(Boolean);
  }

  const services = (workspace: Workspace): Promise<readonly string[]> =>
    containersOf(workspace, '{{.Label "com.docker.compose.service"}}');

  const onlyOld = (): Promise<NodeJS.ProcessEnv> => onlyOldCompose(oldProgram);

  for (const generation of ['v2', 'v1'] as const) {
    it(`${generation}: starts, sees and stops Chroma, and nothing else in the file`, async () => {
      const workspace = await open(generation === 'v1' ? await onlyOld() : {});
      const started = await workspace.run(['start', '--wait', '--runtime', 'compose']);
      assert.equal(started.code, 0, started.stderr);
      assert.match(
        started.stderr,
        generation === 'v1' ? /docker-compose 1\./ : /docker compose \d/,
      );
      const report = await workspace.status();
      assert.deepEqual(
        [report.state, report.runtime, report.tls, report.url, report.image],
        ['healthy', 'compose', 'uvicorn', workspace.url, 'chromadb/chroma:0.5.13'],
      );
      assert.match((await workspace.curl('/api/v1/heartbeat')).stdout, /nanosecond heartbeat/);
      assert.match((await workspace.run(['logs'])).stdout, /uvicorn/i);
      assert.deepEqual(await services(workspace), ['vectors'], 'the other service was left alone');
      assert.equal((await workspace.run(['stop'])).code, 0);
      assert.deepEqual(await services(workspace), []);
      assert.deepEqual(await networksOf(workspace), []);
      assert.equal((await workspace.status()).state, 'stopped');
    });
  }

  it('takes over what was started in a terminal, and leaves the rest running', async () => {
    const workspace = await open();
    const up = ['compose', '--profile', 'search', 'up', '--detach'];
    const inTerminal = await program('docker', up, { cwd: workspace.folder });
    assert.equal(inTerminal.code, 0, inTerminal.stderr);
    const started = await workspace.run(['start', '--wait']);
    assert.equal(started.code, 0, started.stderr);
    assert.equal((await workspace.status()).runtime, 'compose');
    assert.equal((await workspace.run(['stop'])).code, 0);
    assert.deepEqual(await services(workspace), ['cache']);
    assert.equal((await networksOf(workspace)).length, 1);
  });

  for (const generation of ['v2', 'v1'] as const) {
    it(`${generation}: starts a Chroma again that was removed, and joins its TLS proxy to it`, async () => {
      const workspace = await open(generation === 'v1' ? await onlyOld() : {});
      await rm(join(workspace.folder, 'docker-compose.yml'));
      const made = await workspace.run(['compose', '--port', String(workspace.port)]);
      assert.equal(made.code, 0, made.stderr);
      for (const round of ['first', 'second']) {
        const started = await workspace.run(['start', '--wait']);
        assert.equal(started.code, 0, `${round}: ${started.stderr}`);
        assert.equal((await workspace.status()).tls, 'nginx');
        const filter = 'label=com.docker.compose.service=chroma';
        const found = await program('docker', [
          ...['ps', '--quiet', '--filter', labelOf(workspace), '--filter', filter],
        ]);
        await program('docker', ['rm', '--force', found.stdout.trim()]);
      }
    });
  }

  for (const generation of ['v2', 'v1'] as const) {
    it(`${generation}: starts a TLS proxy of the user, and then leaves it alone`, async () => {
      const workspace = await open(generation === 'v1' ? await onlyOld() : {});
      // Its name does not tell that it is a proxy.
      const image = generation === 'v1' ? `own${workspace.port}.test/edge` : 'nginx:1.29-alpine';
      await program('docker', ['tag', 'nginx:1.29-alpine', image]);
      await writeFile(
        join(workspace.folder, 'docker-compose.yml'),
        PROXY_FILE(workspace.port, image),
      );
      await writeFile(join(workspace.folder, 'edge.conf'), PROXY_CONFIGURATION);
      const proxy = async (): Promise<string> => {
        const filter = 'label=com.docker.compose.service=edge';
        const args = ['ps', '--quiet', '--filter', labelOf(workspace), '--filter', filter];
        return (await program('docker', args)).stdout;
      };
      const started = await workspace.run(['start', '--wait']);
      assert.equal(started.code, 0, started.stderr);
      const report = await workspace.status();
      assert.deepEqual([report.state, report.tls], ['healthy', 'other'], JSON.stringify(report));
      if (generation === 'v1') {
        await program('docker', ['rmi', '--force', image]);
        return;
      }
      assert.doesNotMatch((await workspace.run(['generate'])).stdout, /still serves/);
      const before = await proxy();
      assert.equal((await workspace.run(['stop'])).code, 0);
      assert.deepEqual(await services(workspace), ['edge']);
      const again = await workspace.run(['start', '--wait']);
      assert.equal(again.code, 0, again.stderr);
      assert.equal(await proxy(), before, 'the same container');
      await program('docker', ['stop', '-t', '1', before.trim()]);
      assert.match((await workspace.run(['status'])).stderr, /service edge .* is not running/);
    });
  }

  it('keeps the data of a Chroma that has no volume for it, however it was stopped', async () => {
    const workspace = await open();
    const file = join(workspace.folder, 'docker-compose.yml');
    const text = await readFile(file, 'utf8');
    // Compose makes a container again when its image has changed, and images are shared.
    const image = `own${workspace.port}.test/chromadb/chroma:0.5.13`;
    await program('docker', ['tag', 'chromadb/chroma:0.5.13', image]);
    await writeFile(
      file,
      text
        .replace('chromadb/chroma:0.5.13', image)
        .replace('      - own:/chroma/chroma\n', '')
        .replace('volumes:\n  own:\n', ''),
    );
    const start = async (): Promise<void> => {
      const started = await workspace.run(['start', '--wait']);
      assert.equal(started.code, 0, started.stderr);
    };
    await start();
    const json = ['-H', 'content-type: application/json'];
    const made = await workspace.curl('/api/v1/collections', ...json, '-d', '{"name":"precious"}');
    assert.match(made.stdout, /"precious"/, made.stderr);
    for (const stop of [
      () => workspace.run(['stop']),
      () => program('docker', ['compose', 'stop', 'vectors'], { cwd: workspace.folder }),
    ]) {
      assert.equal((await stop()).code, 0);
      assert.equal((await workspace.status()).state, 'stopped');
      await start();
      const { stdout } = await workspace.curl('/api/v1/collections');
      assert.match(stdout, /"precious"/);
    }
    await program('docker', ['rmi', image]);
  });

  for (const generation of ['v2', 'v1'] as const) {
    it(`${generation}: never makes a container again that has the only data`, async () => {
      const workspace = await open(generation === 'v1' ? await onlyOld() : {});
      const compose = async (...args: readonly string[]): Promise<CliOutcome> => {
        const [file, ...first] = generation === 'v1' ? [oldProgram] : ['docker', 'compose'];
        return program(file, [...first, ...args], { cwd: workspace.folder });
      };
      const file = join(workspace.folder, 'docker-compose.yml');
      // Where 0.5.13 keeps nothing; and what v2's own hash leaves out.
      const misplaced = OWN_FILE(workspace.port)
        .replace('own:/chroma/chroma', 'own:/data')
        .replace('    ports:', '    env_file: own.env\n    ports:');
      await writeFile(join(workspace.folder, 'own.env'), 'OWN=$1\n');
      await writeFile(file, misplaced);
      assert.equal((await compose('up', '--detach', 'vectors')).code, 0);
      const [name = ''] = await containersOf(workspace, '{{.Names}}');
      await writeFile(join(workspace.folder, 'precious'), 'data');
      const copy = ['cp', join(workspace.folder, 'precious'), `${name}:/chroma/precious`];
      assert.equal((await program('docker', copy)).code, 0);
      // One that is ended while it makes its database cannot start again.
      await until('Chroma serves', async () => {
        const { stdout, stderr } = await program('docker', ['logs', name]);
        return `${stdout}${stderr}`.includes('Uvicorn running');
      });
      await program('docker', ['stop', '-t', '1', name]);
      const started = await workspace.run(['start', '--wait']);
      assert.equal(started.code, 0, `the file is the same: ${started.stderr}`);
      await program('docker', ['stop', '-t', '1', name]);
      await writeFile(file, misplaced.replace('own:/data', 'own:/chroma/chroma'));
      const refused = await workspace.run(['start', '--wait']);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, new RegExp(`data would be lost with the container ${name}`));
      const kept = await program('docker', ['cp', `${name}:/chroma/precious`, '-']);
      assert.equal(kept.code, 0, kept.stderr);
    });
  }

  it('offers a file with TLS where a user has one without', async () => {
    const workspace = await open();
    const file = join(workspace.folder, 'docker-compose.yml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/ {4}environment:\n(.*UVICORN.*\n){2}/, ''));
    const { code, stderr } = await workspace.run(['start', '--wait']);
    assert.equal(code, 1);
    assert.match(stderr, /publishes Chroma on port \d+ without TLS\./);
    assert.doesNotMatch(stderr, /Its log may say why/);
    const report = await workspace.status();
    assert.deepEqual([report.state, report.tls], ['unreachable', 'other']);
  });

  it('does not replace another runtime without a yes', async () => {
    const workspace = await open();
    // What a start with docker notes down.
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    await noteRuntime(workspace.folder, 'docker');
    const refused = await workspace.run(['start', '--wait']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /with compose it would not have your data/);
    assert.match(refused.stderr, /stays in its volume, which compose does not use\..+ --yes/s);
    assert.deepEqual(await services(workspace), []);
    const accepted = await workspace.run(['start', '--wait', '--yes']);
    assert.equal(accepted.code, 0, accepted.stderr);
    assert.equal((await workspace.status()).runtime, 'compose');
  });

  it('is what auto means where the file has a Chroma, and says what is missing where not', async () => {
    const workspace = await open();
    await writeFile(
      join(workspace.folder, 'docker-compose.yml'),
      'services:\n  a:\n    image: b\n',
    );
    const refused = await workspace.start('--runtime', 'compose');
    assert.match(refused.stderr, /No service in docker-compose\.yml is a Chroma server/);
    await writeFile(join(workspace.folder, 'docker-compose.yml'), 'services: [ # chroma\n');
    const broken = await workspace.start('--runtime', 'compose');
    assert.match(broken.stderr, /Compose cannot read the Compose file/);
    const none = await Workspace.create();
    const nothing = await none.start('--runtime', 'compose');
    assert.match(nothing.stderr, /There is no Compose file in this workspace\. Create one/);
  });
});
