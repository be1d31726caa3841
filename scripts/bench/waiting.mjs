// Where a person waits: our commands against what they cannot be quicker than, turn by turn.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';
import { nodeRuntime } from '../parts/node-runtime.mjs';
import { serversTime } from './servers-time.mjs';

const ROUNDS = 7;
const NEWER = 24;
const CLI = join(repository, 'dist', 'cli.js');

/** What generating needs of Node.js, whatever program does it. */
const KEY_AND_SIGNATURE = `
  const { generateKeyPairSync, sign } = require('node:crypto');
  sign('sha256', Buffer.from('x'), generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)`;

/** @typedef {{ what: string, against: string, ratio: number, cpu?: number, bound?: number }} Figure */

/** @returns {Promise<string>} a section of docs/comparison.md */
export async function waitingTime() {
  /** @type {Figure[]} */
  const figures = [];
  const nodes = new Set([process.execPath, await nodeRuntime(NEWER)]);
  for (const node of nodes) figures.push(...(await processTimes(node)));
  figures.push(...(await serversTime()));
  const load = loadavg()[0]?.toFixed(1) ?? '';
  const rows = figures.map(({ what, against, ratio, cpu, bound }) => {
    const judged =
      bound === undefined ? ['', ''] : [`${bound}`, ratio <= bound ? 'met' : 'not met'];
    return `| ${[what, against, ratio.toFixed(2), cpu?.toFixed(2) ?? '', ...judged].join(' | ')} |`;
  });
  for (const row of rows) console.log(row);
  return `## Where a person waits

Each is a multiple of what it is measured against, the median of turns in which both ran. The second
figure compares the processor time, which other programs on the machine change less. The load was ${load}.

| | against | time | processor | bound | |
| - | - | - | - | - | - |
${rows.join('\n')}

What [performance.md](../performance.md) says explains what is not met.`;
}

/**
 * @param {string} node the program
 * @returns {Promise<Figure[]>}
 */
async function processTimes(node) {
  const { stdout: version } = await execa(node, ['--version']);
  const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-bench-'));
  const data = join(folder, 'data');
  await mkdir(data);
  const options = { cwd: folder, env: { CHROMA_TLS_DATA_DIR: data } };
  const times = await measure(
    {
      start: () => timed(node, ['-e', '0'], options),
      generate: () => timed(node, [CLI, 'generate'], options),
      status: () => timed(node, [CLI, 'status'], options),
      crypto: () => timed(node, ['-e', KEY_AND_SIGNATURE], options),
    },
    ROUNDS,
  );
  const against = `the start of Node.js ${version}`;
  /** @param {string} what @param {keyof typeof times} name @param {number} [bound] @returns {Figure} */
  const figure = (what, name, bound) => ({
    what,
    against,
    ratio: times[name].wall / times.start.wall,
    cpu: times[name].cpu / times.start.cpu,
    ...(bound === undefined ? {} : { bound }),
  });
  return [
    figure('`chroma-tls generate`, with an authority from before', 'generate', 1.5),
    figure('of that: Node.js makes a key and a signature', 'crypto'),
    figure('`chroma-tls status`, nothing was ever started', 'status', 2),
  ];
}

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env: Record<string, string> }} options
 * @returns {Promise<{ wall: number, cpu: number }>} seconds
 */
async function timed(program, args, options) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@" >/dev/null 2>&1';
  const { stderr } = await execa('bash', ['-c', script, program, ...args], options);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number);
  return { wall, cpu: user + system };
}

/**
 * @template {string} Name
 * @param {Record<Name, () => Promise<{ wall: number, cpu: number }>>} tasks
 * @param {number} rounds
 * @returns {Promise<Record<Name, { wall: number, cpu: number }>>} the medians
 */
async function measure(tasks, rounds) {
  const names = /** @type {Name[]} */ (Object.keys(tasks));
  const runs = new Map(
    names.map((name) => [name, /** @type {{ wall: number, cpu: number }[]} */ ([])]),
  );
  // The first turns warm the caches of all.
  for (let round = -2; round < rounds; round += 1) {
    for (const name of names) {
      const run = await tasks[name]();
      if (round >= 0) runs.get(name)?.push(run);
    }
  }
  const medians = names.map((name) => {
    const of = (/** @type {'wall' | 'cpu'} */ kind) =>
      (runs.get(name) ?? []).map((run) => run[kind]).sort((a, b) => a - b)[rounds >> 1] ?? NaN;
    return [name, { wall: of('wall'), cpu: of('cpu') }];
  });
  return Object.fromEntries(medians);
}
