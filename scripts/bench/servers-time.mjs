// How long a start and a stop take, against `docker` itself with the same two containers.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';
import { dockerEngine } from '../parts/docker-engine.mjs';
import { image } from '../parts/images.mjs';
import { interleave } from './interleave.mjs';

const ROUNDS = 3;
const PORT = 18_871;
const CLI = join(repository, 'dist', 'cli.js');
const IMAGES = ['chromadb/chroma:1.5.9', 'nginx:1.29-alpine'];

/** @returns {Promise<import('./waiting.mjs').Figure[]>} none where no engine runs */
export async function serversTime() {
  const engine = /** @type {{ available: boolean }} */ (await dockerEngine());
  if (!engine.available) return [];
  for (const tag of IMAGES) {
    const found = /** @type {{ available: boolean }} */ (await image(tag));
    if (!found.available) return [];
  }
  const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-bench-'));
  const options = { cwd: folder, env: { CHROMA_TLS_DATA_DIR: join(folder, 'data') } };
  const cli = (/** @type {string[]} */ ...args) => execa(process.execPath, [CLI, ...args], options);
  const start = () => cli('start', '--port', String(PORT), '--runtime', 'docker');
  const names = [`chroma-tls-bench-${process.pid}`, `chroma-tls-bench-${process.pid}-proxy`];
  await start();
  const commands = await commandsLikeOurs(folder, names);
  await cli('stop');
  const bareStart = async () => {
    for (const args of commands) await execa('docker', args);
    await untilHeard(join(folder, 'certs', 'ca.pem'));
  };
  const bareStop = async () => {
    await execa('docker', ['stop', ...names]);
    await execa('docker', ['rm', ...names]);
  };
  try {
    // They take turns at one port, so each start is followed by its own stop.
    const times = await interleave({ start, stop: () => cli('stop'), bareStart, bareStop }, ROUNDS);
    const against = '`docker` itself, the same two containers';
    return [
      {
        what: '`chroma-tls start` to the first verified heartbeat',
        against,
        ratio: times.start / times.bareStart,
        bound: 1.15,
      },
      { what: '`chroma-tls stop`', against, ratio: times.stop / times.bareStop, bound: 1.2 },
    ];
  } finally {
    await cli('clean', '--data', '--yes').catch(() => undefined);
    await execa('docker', ['rm', '--force', ...names], { reject: false });
    await execa('docker', ['volume', 'rm', `${names[0] ?? ''}-data`], { reject: false });
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * `docker run` for containers that are as ours are.
 *
 * @param {string} folder the workspace whose containers run
 * @param {string[]} names for the server and the proxy
 */
async function commandsLikeOurs(folder, [server = '', proxy = '']) {
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
      ...['--publish', `127.0.0.1:${PORT}:${parseInt(containerPort)}`],
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

/** @param {string} ca */
async function untilHeard(ca) {
  const url = `https://localhost:${PORT}/api/v2/heartbeat`;
  for (;;) {
    const args = ['--silent', '--fail', '--cacert', ca, url];
    const { exitCode } = await execa('curl', args, { reject: false });
    if (exitCode === 0) return;
    await pause(50);
  }
}

/**
 * @typedef {object} Inspected
 * @property {{ Image: string, Env: string[], Cmd: string[], Labels: Record<string, string> }} Config
 * @property {{ PortBindings: Record<string, unknown> }} HostConfig
 * @property {{ Source: string, Destination: string }[]} Mounts
 */
