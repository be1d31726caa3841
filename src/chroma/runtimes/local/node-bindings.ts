import { dirname, join } from 'node:path';
import { object, optional, string } from 'valibot';
import { readJson } from '../../../system/json.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { run, type Command } from '../../../system/processes/program.ts';
import { PARTIAL, type InstallPlan, type PackageSize } from './install-plan.ts';

/** npm, and the Node that will run what it installs. */
export interface NpmInstaller {
  readonly kind: 'bindings';
  readonly npm: Command;
  readonly node: string;
  readonly system: BindingsSystem;
}

/**
 * The newest that is published. It and the wheel 1.5.9 say `chroma 1.4.4` of themselves, and each was seen
 * reading and adding to what the other had written.
 */
export const BINDINGS_VERSION = '1.3.4';

/** A published file never changes, so its size and hash are facts. Sizes in bytes, as measured. */
const KNOWN = {
  'linux-x64-gnu': {
    download: 19_769_072,
    onDisk: 52_911_552,
    integrity:
      'sha512-HmTUe7PEIaBngCQ70Yyle81z2wYyg9OMgJYyRUNBYCBp4ED6zTmdaOro41Vs/c/h2UyQeBXFIKNmHDeD2Nr2fw==',
  },
  'linux-arm64-gnu': {
    download: 19_429_540,
    onDisk: 48_425_263,
    integrity:
      'sha512-ELiqDZzU5mZd1BvZugGrhoMkVeNyQaa+PGizd06WIpIJVoHY+S+9ZBjdeM6ZkRnL3vTxD79XBrosxNWhzqy/kg==',
  },
  'darwin-x64': {
    download: 19_016_160,
    onDisk: 49_265_915,
    integrity:
      'sha512-5vKVFXSFo+S9qC9by/7oofjcXqQK4IGHiUnPrvTfc7B52gNlPSKeyDO1wha556COc3KtXSZjICEH0nYBJ8UXng==',
  },
  'darwin-arm64': {
    download: 18_380_980,
    onDisk: 46_438_820,
    integrity:
      'sha512-pDdWCcR0hCz3pSDiIijBito7YG6FumewfzYE2mIjSwjrO1CKSfQKLwDdTVK4ZNpVGQa16ePoMX+pg7ShSUARJg==',
  },
  'win32-x64-msvc': {
    download: 19_719_515,
    onDisk: 55_578_572,
    integrity:
      'sha512-punrofQRzKspNMxHmv24qoPeRycV2T3KfedekGV4lOuPPG14i6qggS4x/OWLSAK7ozPfBbrzCejvCa5wfvujhQ==',
  },
} as const satisfies Readonly<Record<string, PackageSize & { readonly integrity: string }>>;

export type BindingsSystem = keyof typeof KNOWN;

/** The glibc that those for Linux are linked with. */
const LEAST_GLIBC = [2, 38] as const;

/**
 * Runs the server that is in npm's module. The module takes SIGTERM, ends its server and then spins
 * (1.3.4), so the main thread, which stays free, ends the process a moment later.
 */
export const SERVE_FROM_BINDINGS = `
const { Worker } = require('node:worker_threads');
process.on('SIGTERM', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300));
new Worker(
  "const [file, ...args] = require('node:worker_threads').workerData; require(file).cli(['chroma', ...args])",
  { eval: true, workerData: process.argv.slice(1) },
);
`;

/** Asks a Node what it could load. */
const QUESTION = `
if (process.report) process.report.excludeNetwork = true;
const glibc = process.report?.getReport().header.glibcVersionRuntime;
console.log(JSON.stringify({ platform: process.platform, arch: process.arch, glibc }));
`;

const ANSWER = object({ platform: string(), arch: string(), glibc: optional(string()) });

/** npm and a Node that can load its bindings, or why there are none, as a sentence. */
export async function findNpm(): Promise<NpmInstaller | { readonly why: string }> {
  const npm = await findProgram('npm');
  if (npm === undefined) return { why: 'npm was not found either.' };
  // The one that npm itself runs on. VS Code's own would be replaced with each of its updates.
  const node = (await findProgram('node')) ?? process.execPath;
  const asked = await run(
    { program: node, args: ['-e', QUESTION], env: { ELECTRON_RUN_AS_NODE: '1' } },
    { timeout: 20_000 },
  ).catch(() => undefined);
  const facts = asked && readJson(ANSWER, asked.stdout);
  if (!facts) return { why: 'npm is there, but Node.js does not run.' };
  const system = chooseBindings(facts);
  return typeof system === 'string'
    ? { kind: 'bindings', npm: npmCommand(npm, node), node, system }
    : system;
}

/** Which of npm's packages a Node can load, or why none. Pure. */
export function chooseBindings(node: {
  readonly platform: string;
  readonly arch: string;
  readonly glibc?: string | undefined;
}): BindingsSystem | { readonly why: string } {
  const suffix = { linux: '-gnu', win32: '-msvc' }[node.platform] ?? '';
  const name = `${node.platform}-${node.arch}${suffix}`;
  const system = (Object.keys(KNOWN) as BindingsSystem[]).find((known) => known === name);
  if (system === undefined) return { why: `npm has no Chroma for ${node.platform} ${node.arch}.` };
  if (node.platform === 'linux') {
    const [major = 0, minor = 0] = (node.glibc ?? '').split('.').map(Number);
    const [wantedMajor, wantedMinor] = LEAST_GLIBC;
    if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
      const here = node.glibc === undefined ? 'here is none' : `here is ${node.glibc}`;
      return { why: `npm’s Chroma needs glibc ${LEAST_GLIBC.join('.')}, and ${here}.` };
    }
  }
  return system;
}

/** On Windows npm is a batch file, which only runs in a shell; the program behind it lies beside. */
function npmCommand(npm: string, node: string): Command {
  if (!/\.(cmd|bat)$/i.test(npm)) return { program: npm, args: [] };
  const script = join(dirname(npm), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return { program: node, args: [script] };
}

/** The native module inside a folder with npm's bindings. */
export function bindingsModule(folder: string, system: BindingsSystem): string {
  const name = packageName(system);
  return join(folder, 'node_modules', name, `chromadb-js-bindings.${system}.node`);
}

/**
 * How npm's bindings are installed into a folder. npm compares what it gets with the hash in the lock
 * file that we write, and runs no script of it. Pure.
 *
 * @param folder absolute path; npm's own cache stays inside too
 */
export function planBindings({ npm, system }: NpmInstaller, folder: string): InstallPlan {
  const name = packageName(system);
  const { integrity, ...size } = KNOWN[system];
  const own = { name: 'private-chroma', dependencies: { [name]: BINDINGS_VERSION } };
  const lock = {
    name: own.name,
    lockfileVersion: 3,
    requires: true,
    packages: { '': own, [`node_modules/${name}`]: { version: BINDINGS_VERSION, integrity } },
  };
  return {
    what: `Chroma’s npm package ${BINDINGS_VERSION}`,
    size,
    files: {
      'package.json': JSON.stringify({ ...own, private: true }),
      'package-lock.json': JSON.stringify(lock),
    },
    commands: [
      {
        program: npm.program,
        args: [
          ...[...npm.args, 'ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'],
          ...['--no-update-notifier', '--cache', join(folder, PARTIAL)],
        ],
      },
    ],
    growth: { folder: join(folder, 'node_modules'), isStreamed: true },
  };
}

function packageName(system: BindingsSystem): string {
  return `chromadb-js-bindings-${system}`;
}
