// How long a start and a stop take, against `docker` itself with the same two containers.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';
import { part } from '../parts/install-parts.mjs';
import { Samples } from './interleave.mjs';

const ROUNDS = 5;
const CLI = join(repository, 'dist', 'cli.js');
const PARTS = ['docker', 'image chromadb/chroma:1.5.9', 'image nginx:1.29-alpine'];

/** What a start says on its way, and how the time up to it is called here. */
const STEPS = /** @type {const} */ ([
  ['Starting Chroma', 'choosing'],
  ['Waiting for the first', 'making'],
]);

/** @returns {Promise<import('./figures.mjs').Figure[]>} */
export async function serversTime() {
  for (const name of PARTS) {
    const found = await part(name);
    if (!found.available) throw new Error(`${name}: ${found.reason}`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-bench-'));
  const options = { cwd: folder, env: { CHROMA_TLS_DATA_DIR: join(folder, 'data') } };
  const cli = (/** @type {string[]} */ ...args) => execa(process.execPath, [CLI, ...args], options);
  const port = await findPort();
  const start = () => cli('start', '--port', String(port), '--runtime', 'docker');
  const server = `chroma-tls-bench-${process.pid}`;
  const names = [server, `${server}-proxy`];
  const samples = new Samples();
  /** @param {string} name @param {() => Promise<unknown>} task */
  const take = async (name, task) => {
    const began = performance.now();
    await task();
    samples.add(name, performance.now() - began);
  };
  try {
    // The first start makes what the others find, and warms the caches of all.
    await start();
    const [runServer = [], runProxy = []] = await commandsLikeOurs(folder, names, port);
    await cli('stop');
    // They take turns at one port, so each start is followed by its own stop.
    for (let round = 0; round < ROUNDS; round += 1) {
      await take('start', () => withSteps(start(), samples));
      await take('stop', () => cli('stop'));
      await take('bare start', async () => {
        await take('bare server', () => execa('docker', runServer));
        await take('bare proxy', () => execa('docker', runProxy));
        await take('bare heartbeat', () => untilHeard(port, join(folder, 'certs', 'ca.pem')));
      });
      await take('bare stop', async () => {
        await take('docker stop', () => execa('docker', ['stop', ...names]));
        await take('docker rm', () => execa('docker', ['rm', ...names]));
      });
      await take('status', () => cli('status'));
      await take('node', () => execa(process.execPath, ['-e', '0']));
      await take('question', () => execa('docker', ['ps', '--quiet']));
    }
    return compare(samples);
  } finally {
    await cli('clean', '--data', '--yes').catch(() => undefined);
    await execa('docker', ['rm', '--force', ...names], { reject: false });
    await execa('docker', ['volume', 'rm', `${server}-data`], { reject: false });
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Samples} samples
 * @returns {import('./figures.mjs').Figure[]}
 */
function compare(samples) {
  const ratio = (/** @type {string} */ one, /** @type {string} */ other) =>
    samples.median(one) / samples.median(other);
  const s = (/** @type {string} */ name) => `${(samples.median(name) / 1000).toFixed(2)} s`;
  const bareMaking = samples.median('bare server') + samples.median('bare proxy');
  const against = '`docker` itself, the same two containers';
  return [
    {
      what: '`chroma-tls start` to the first verified heartbeat',
      against,
      value: ratio('start', 'bare start'),
      bound: 1.15,
      why: `of its ${s('start')}, ${s('choosing')} go by until everything is known and chosen (Node.js's own start is ${s('node')}, one question to the engine ${s('question')}), ${s('making')} to the end of making and starting the containers (\`docker run\` twice: ${(bareMaking / 1000).toFixed(2)} s), and ${s('hearing')} until the heartbeat is heard and told (curl: ${s('bare heartbeat')}).`,
    },
    {
      what: '`chroma-tls stop`',
      against,
      value: ratio('stop', 'bare stop'),
      bound: 1.2,
      why: `of docker's own ${s('bare stop')}, stopping takes ${s('docker stop')} and removing ${s('docker rm')}. Ours takes ${s('stop')}; a \`chroma-tls status\`, which starts Node.js (${s('node')}), loads the same code and looks once what there is (a question to the engine is ${s('question')}), takes ${s('status')} by itself.`,
    },
  ];
}

/**
 * Notes how long the steps of a start take that it tells of.
 * @param {ReturnType<typeof execa>} starting
 * @param {Samples} samples
 */
async function withSteps(starting, samples) {
  let since = performance.now();
  const lap = (/** @type {string} */ name) => {
    samples.add(name, performance.now() - since);
    since = performance.now();
  };
  if (starting.stderr) {
    createInterface(starting.stderr).on('line', (line) => {
      for (const [text, name] of STEPS) if (line.startsWith(text)) lap(name);
    });
  }
  await starting;
  lap('hearing');
}

/**
 * `docker run` for containers that are as ours are.
 *
 * @param {string} folder the workspace whose containers run
 * @param {string[]} names for the server and the proxy
 * @param {number} port
 */
async function commandsLikeOurs(folder, [server = '', proxy = ''], port) {
  const filter = ['--filter', `label=chroma-tls.folder=${folder}`, '--format', '{{.ID}}'];
  const { stdout: ids } = await execa('docker', ['ps', ...filter]);
  const { stdout } = await execa('docker', ['inspect', ...ids.split('\n')]);
  const containers = /** @type {Inspected[]} */ (JSON.parse(stdout));
  const ours = (/** @type {string} */ role) => {
    const found = containers.find(({ Config }) => Config.Labels['chroma-tls.role'] === role);
    if (!found) throw new Error(`No container is the ${role}.`);
    return found;
  };
  const { Config, HostConfig } = ours('server');
  const [containerPort = ''] = Object.keys(HostConfig.PortBindings);
  const mount = ours('proxy').Mounts[0];
  const [, script = ''] = ours('proxy').Config.Cmd;
  return [
    [
      ...['run', '--detach', '--name', server, '--volume', `${server}-data:/data`],
      ...['--publish', `127.0.0.1:${port}:${parseInt(containerPort)}`],
      ...Config.Env.filter((entry) => entry.startsWith('CHROMA_')).flatMap((e) => ['--env', e]),
      Config.Image,
    ],
    [
      ...['run', '--detach', '--name', proxy, '--network', `container:${server}`, '--user', '0'],
      ...['--volume', `${mount?.Source ?? ''}:${mount?.Destination ?? ''}:ro`],
      ...ours('proxy').Config.Env.flatMap((entry) => ['--env', entry]),
      ...['--entrypoint', 'sh', ours('proxy').Config.Image, '-c', script],
    ],
  ];
}

/**
 * @param {number} port
 * @param {string} ca
 */
async function untilHeard(port, ca) {
  const url = `https://localhost:${port}/api/v2/heartbeat`;
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const args = ['--silent', '--fail', '--cacert', ca, url];
    const { exitCode } = await execa('curl', args, { reject: false });
    if (exitCode === 0) return;
    await pause(50);
  }
  throw new Error('curl heard no heartbeat of the bare containers in a minute');
}

/** @returns {Promise<number>} a port that is free now */
function findPort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/**
 * @typedef {object} Inspected
 * @property {{ Image: string, Env: string[], Cmd: string[], Labels: Record<string, string> }} Config
 * @property {{ PortBindings: Record<string, unknown> }} HostConfig
 * @property {{ Source: string, Destination: string }[]} Mounts
 */
