import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { rewriteKey } from '../../../src/certificates/rewrite-key.ts';
import { COMPOSE_LABELS } from '../../../src/containers/compose/labels.ts';
import { LABELS } from '../../../src/chroma/runtimes/container-labels.ts';
import { workspaceId } from '../../../src/project/data-folder.ts';
import { until } from '../../harness/until.ts';
import { requirePart, type Parts } from '../../parts.ts';
import { program, Workspace } from '../fixtures/cli.ts';

/** With what a shell, a format, a YAML file and a variable would make something else of. */
const PASSPHRASE = `it's a "päss" $HOME \${PATH} %s \\n #${randomUUID()}`;
const VARIABLE = 'CHROMA_TLS_KEY_PASSPHRASE';

interface Way {
  readonly runtime: 'docker' | 'podman' | 'compose' | 'local';
  readonly version: '0.5.13' | '1.5.9';
  readonly tls: 'uvicorn' | 'nginx' | 'envoy' | 'embedded';
}

const WAYS: readonly Way[] = [
  { runtime: 'docker', version: '0.5.13', tls: 'uvicorn' },
  { runtime: 'docker', version: '1.5.9', tls: 'nginx' },
  { runtime: 'docker', version: '1.5.9', tls: 'envoy' },
  { runtime: 'docker', version: '1.5.9', tls: 'embedded' },
  { runtime: 'podman', version: '0.5.13', tls: 'uvicorn' },
  { runtime: 'podman', version: '1.5.9', tls: 'nginx' },
  { runtime: 'compose', version: '0.5.13', tls: 'uvicorn' },
  { runtime: 'compose', version: '1.5.9', tls: 'nginx' },
  { runtime: 'compose', version: '1.5.9', tls: 'envoy' },
  { runtime: 'local', version: '0.5.13', tls: 'uvicorn' },
  { runtime: 'local', version: '1.5.9', tls: 'embedded' },
];

describe('a key that has a passphrase', () => {
  let workspace: Workspace;
  let client = 'docker';
  const heard = listenToCommandLines();

  before(async () => {
    // The ear itself: what it does not hear where it is said proves nothing.
    const said = randomUUID();
    const speaker = spawn('cat', ['-', said]);
    await until('it hears a command line', () => heard.has(said));
    speaker.kill();
  });
  after(() => {
    heard.stop();
  });
  afterEach(async () => {
    await workspace.run(['stop', ...(client === 'podman' ? PODMAN : [])]);
    for (const label of [
      `${LABELS.workspace}=${workspaceId(workspace.folder)}`,
      `${COMPOSE_LABELS.project}=${String(workspace.env['COMPOSE_PROJECT_NAME'])}`,
    ]) {
      const list = ['volume', 'ls', '--quiet', '--filter', `label=${label}`];
      const { stdout } = await program(client, list, { env: workspace.env });
      const volumes = stdout.split('\n').filter(Boolean);
      if (volumes.length > 0) await program(client, ['volume', 'rm', ...volumes]);
    }
  });

  for (const way of WAYS) {
    const { runtime, version, tls } = way;
    it(`is opened by ${tls} with Chroma ${version} on ${runtime}, and told to nobody else`, async function () {
      client = runtime === 'podman' ? 'podman' : 'docker';
      workspace = await Workspace.create({
        COMPOSE_PROJECT_NAME: `chroma-tls-phrase-${randomUUID()}`,
        ...environmentOf(this, way),
      });
      const { folder } = workspace;
      const certificates = join(folder, 'certs');
      assert.equal((await workspace.run(['generate'])).code, 0);
      await inDataFolder(workspace, () =>
        rewriteKey({
          workspace: folder,
          folder: certificates,
          present: undefined,
          next: PASSPHRASE,
        }),
      );
      const key = await readFile(join(certificates, 'serverkey.pem'), 'utf8');
      assert.match(key, /BEGIN ENCRYPTED PRIVATE KEY/);

      const options = optionsOf(way);
      const image = ['--image', `chromadb/chroma:${version}`, '--tls', tls];
      if (runtime === 'compose') {
        const port = ['--port', String(workspace.port)];
        const written = await workspace.run(['compose', ...image, ...port]);
        assert.equal(written.code, 0, written.stderr);
      }
      const locked = await workspace.start(...options, ...image);
      assert.equal(locked.code, 1);
      assert.match(locked.stderr, /The private key is locked/);

      const knowing = { [VARIABLE]: PASSPHRASE };
      const port = ['--port', String(workspace.port)];
      const started = await workspace.run(
        ['start', '--wait', ...port, ...options, ...image],
        knowing,
      );
      assert.equal(started.code, 0, started.stderr);
      const path = version === '1.5.9' ? '/api/v2/heartbeat' : '/api/v1/heartbeat';
      assert.match((await workspace.curl(path)).stdout, /nanosecond heartbeat/);

      const holders = await commandsWith(PASSPHRASE);
      assert.deepEqual(
        holders.filter((command) => !READERS[tls].test(command)),
        [],
        'it is in the environment of what does not open the key',
      );

      if (tls !== 'uvicorn') {
        const before = await fingerprintOf(knowing, options);
        const renewed = await workspace.run(['generate', ...options], knowing);
        assert.equal(renewed.code, 0, renewed.stderr);
        assert.match(await readFile(join(certificates, 'serverkey.pem'), 'utf8'), /ENCRYPTED/);
        assert.notEqual(await fingerprintOf(knowing, options), before);
        assert.match((await workspace.curl(path)).stdout, /nanosecond heartbeat/);
      }

      const log = await workspace.run(['logs', ...options]);
      const said = [started, locked, log].flatMap(({ stdout, stderr }) => [stdout, stderr]);
      assert.ok(!said.join('\n').includes(PASSPHRASE), 'it is in what was printed');
      assert.ok(!heard.has(PASSPHRASE), 'it stood on a command line');
      assert.deepEqual(await filesWith(dirname(folder), PASSPHRASE), []);
    });
  }

  /** Of the certificate that is served without a problem. */
  async function fingerprintOf(env: NodeJS.ProcessEnv, options: readonly string[]) {
    const { stdout } = await workspace.run(['status', '--json', ...options], env);
    const report = JSON.parse(stdout) as Awaited<ReturnType<Workspace['status']>>;
    assert.equal(report.state, 'healthy', report.heartbeat.error);
    assert.deepEqual(report.certificate.problems, []);
    return report.certificate.fingerprint256;
  }
});

/** The command lines of what takes it from its environment, and again with each renewed key. */
const READERS: Readonly<Record<Way['tls'], RegExp>> = {
  uvicorn: /uvicorn/,
  envoy: /envoy/,
  nginx: /^$/,
  embedded: /^$/,
};

/** The command lines of the programs that have a text in their environment. */
async function commandsWith(text: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = ids.map(async (id) => {
    const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
    if (!environment.includes(text)) return [];
    return [(await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')];
  });
  return (await Promise.all(found)).flat();
}

const PODMAN = ['--container-command', 'podman'];

function optionsOf({ runtime }: Way): readonly string[] {
  return runtime === 'podman' ? ['--runtime', 'docker', ...PODMAN] : ['--runtime', runtime];
}

function environmentOf(context: Mocha.Context, { runtime, version, tls }: Way): NodeJS.ProcessEnv {
  if (runtime === 'local') {
    const { folder } = requirePart(context, `chroma ${version}`);
    const path = [join(folder, 'bin'), process.env['PATH']].join(delimiter);
    return { VIRTUAL_ENV: folder, PATH: path };
  }
  requirePart(context, `image chromadb/chroma:${version}` as keyof Parts);
  if (tls === 'nginx') requirePart(context, 'image nginx:1.29-alpine');
  if (tls === 'envoy') requirePart(context, 'image envoyproxy/envoy:v1.40.0');
  if (runtime === 'podman') return requirePart(context, 'podman').env;
  if (runtime === 'compose') requirePart(context, 'compose v2');
  else requirePart(context, 'docker');
  return {};
}

/** Runs something of ours as if it were the workspace's own user. */
async function inDataFolder(workspace: Workspace, act: () => Promise<void>): Promise<void> {
  const before = process.env['CHROMA_TLS_DATA_DIR'];
  process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
  try {
    await act();
  } finally {
    process.env['CHROMA_TLS_DATA_DIR'] = before;
  }
}

/** The files below a folder that hold a text. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    paths.map(async (path) => ((await readFile(path)).includes(text) ? [path] : [])),
  );
  return found.flat();
}

/** For how long (ms) a process is looked at: within it, a fork has become its program. */
const YOUNG = 1000;

/** Reads, again and again, the command line of every process of this machine that is young. */
function listenToCommandLines() {
  const seen = new Set<string>();
  let firstSeen = new Map<string, number>();
  const look = (): void => {
    const now = Date.now();
    const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    firstSeen = new Map(ids.map((id) => [id, firstSeen.get(id) ?? now]));
    for (const [id, first] of firstSeen) {
      if (now - first <= YOUNG) seen.add(readIfThere(`/proc/${id}/cmdline`));
    }
  };
  const timer = setInterval(look, 20);
  return {
    has: (text: string): boolean => [...seen].some((line) => line.includes(text)),
    stop: (): void => {
      clearInterval(timer);
    },
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
