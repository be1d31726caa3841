// Our commands as processes, against the start of Node.js, which they cannot be quicker than.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';
import { Samples } from './interleave.mjs';

const ROUNDS = 9;
const CLI = join(repository, 'dist', 'cli.js');

/** What generating needs of Node.js, whatever program does it. */
const KEY_AND_SIGNATURE = `
  const { generateKeyPairSync, sign } = require('node:crypto');
  sign('sha256', Buffer.from('x'), generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)`;

/** As often as a certificate is made safe from a crash. */
export const WRITES = 10;

/** Writes that many files down to the disk, into the folder that it runs in. */
const DISK = `
  const fs = require('node:fs');
  for (let at = 0; at < ${WRITES}; at += 1) {
    const file = fs.openSync('on-disk-' + at, 'w');
    fs.writeSync(file, 'x'.repeat(1000));
    fs.fsyncSync(file);
    fs.closeSync(file);
  }`;

/**
 * @param {string} node the program
 * @returns {Promise<import('./figures.mjs').Figure[]>}
 */
export async function processTimes(node) {
  const { stdout: version } = await execa(node, ['--version']);
  const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-bench-'));
  const data = join(folder, 'data');
  await mkdir(data);
  const options = { cwd: folder, env: { CHROMA_TLS_DATA_DIR: data } };
  const run = (/** @type {string[]} */ ...args) => timed(node, args, options);
  const load = (/** @type {string[]} */ ...layers) =>
    run('--input-type=module', '-e', loading(join(data, 'compiled'), layers));
  const times = await measure({
    start: () => run('-e', '0'),
    generate: () => run(CLI, 'generate'),
    status: () => run(CLI, 'status'),
    verbs: () => load('cli-verbs.js'),
    code: () => load('cli-verbs.js', 'cli-generate.js'),
    crypto: () => run('-e', KEY_AND_SIGNATURE),
    disk: () => run('-e', DISK),
  });
  /** @param {keyof typeof times} name */
  const above = (name) => Math.max(0, times[name].wall / times.start.wall - 1).toFixed(1);
  /** @param {string} what @param {'generate' | 'status'} name @param {number} bound @param {string} why */
  const figure = (what, name, bound, why) => ({
    what,
    against: `the start of Node.js ${version}`,
    value: times[name].wall / times.start.wall,
    cpu: times[name].cpu / times.start.cpu,
    bound,
    why,
  });
  return [
    figure(
      '`chroma-tls generate`, with an authority from before',
      'generate',
      1.5,
      `beyond Node.js's own start, loading our code takes ${above('code')} of one, ${WRITES} files written down to the disk (a crash leaves no half pair) ${above('disk')}, a key and a signature ${above('crypto')}.`,
    ),
    figure(
      '`chroma-tls status`, nothing was ever started',
      'status',
      2,
      `beyond Node.js's own start, loading our code and what it needs of Node.js takes ${above('verbs')} of one.`,
    ),
  ];
}

/**
 * Loads layers of the CLI as it does itself.
 * @param {string} compiled the folder in which compiled code is kept
 * @param {string[]} layers
 */
function loading(compiled, layers) {
  const files = layers.map((name) => pathToFileURL(join(repository, 'dist', name)).href);
  return `import module from 'node:module';
    module.enableCompileCache?.(${JSON.stringify(compiled)});
    ${files.map((file) => `await import(${JSON.stringify(file)});`).join('\n')}
    process.exit();`;
}

/** @typedef {{ wall: number, cpu: number }} Taken seconds */

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env: Record<string, string> }} options
 * @returns {Promise<Taken>}
 */
async function timed(program, args, options) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@" >/dev/null 2>&1';
  const { stderr } = await execa('bash', ['-c', script, program, ...args], options);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number);
  return { wall, cpu: user + system };
}

/**
 * @template {string} Name
 * @param {Record<Name, () => Promise<Taken>>} tasks
 * @returns {Promise<Record<Name, Taken>>} the medians
 */
async function measure(tasks) {
  const names = /** @type {Name[]} */ (Object.keys(tasks));
  const [wall, cpu] = [new Samples(), new Samples()];
  // The first turns warm the caches of all.
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const name of names) {
      const run = await tasks[name]();
      if (round < 0) continue;
      wall.add(name, run.wall);
      cpu.add(name, run.cpu);
    }
  }
  const medians = names.map((name) => [name, { wall: wall.median(name), cpu: cpu.median(name) }]);
  return Object.fromEntries(medians);
}
