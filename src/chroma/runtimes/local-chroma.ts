import { access } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { ExplainedError, type ProblemText } from '../../errors.ts';
import { findProgram } from '../../program-path.ts';
import { run, type Command } from '../../process.ts';
import { dataFolder } from '../../project/data-folder.ts';
import type { StartContext } from './runtime.ts';

/** A `chroma` program that can serve. */
export interface LocalChroma {
  readonly program: string;
  readonly version: string;
}

const BIN = process.platform === 'win32' ? 'Scripts' : 'bin';
const EXE = process.platform === 'win32' ? '.exe' : '';

/**
 * Looks for a Chroma of today's line: the configured command, the workspace's Python environment,
 * PATH, the private environment made earlier. An older one on the way is passed over.
 */
export async function findChroma(
  workspace: string,
  localCommand: string,
  version: string,
): Promise<LocalChroma | undefined> {
  if (localCommand !== '') {
    const configured = await probeChroma(localCommand);
    if (configured) return configured;
    throw new ExplainedError({
      code: 'local-command-unusable',
      what: `${localCommand} cannot serve Chroma.`,
      why: 'It was not found, or is older than Chroma 1.0.',
      next: 'Correct the setting chromaTls.localCommand, or empty it.',
      action: 'openSettings',
    });
  }
  const places = [
    ...['.venv', 'venv', 'env'].map((folder) => join(workspace, folder, BIN, `chroma${EXE}`)),
    'chroma',
    privateProgram(version),
  ];
  for (const place of places) {
    const found = await probeChroma(place);
    if (found) return found;
  }
  return undefined;
}

/** How a Chroma can be had where there is none, or why it cannot. */
export async function findInstaller(): Promise<
  { readonly kind: 'uv' | 'python'; readonly program: string } | ProblemText
> {
  const uv = await findProgram('uv');
  if (uv !== undefined) return { kind: 'uv', program: uv };
  for (const name of process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python']) {
    const python = await findProgram(name);
    if (python !== undefined) return { kind: 'python', program: python };
  }
  return {
    code: 'nothing-to-run-with',
    what: 'There is neither a container engine nor Python on this machine.',
    next: 'Install Docker or Python 3.9 or newer, then start again.',
    action: { open: 'https://docs.docker.com/get-started/get-docker/', label: 'Get Docker' },
  };
}

/**
 * Makes a private Python environment with Chroma in it, in the user's data folder, if the person
 * agrees.
 *
 * @throws ExplainedError `consent-refused`, `nothing-to-run-with`, `install-failed`
 */
export async function installChroma(
  version: string,
  { report, consent, signal }: StartContext,
): Promise<LocalChroma> {
  const installer = await findInstaller();
  if ('code' in installer) throw new ExplainedError(installer);
  const folder = privateFolder(version);
  const agreed = await consent(
    `No Chroma was found on this machine. Install chromadb ${version} into a private Python environment (${folder})? It takes about 500 MB and touches nothing else.`,
  );
  if (!agreed) {
    throw new ExplainedError({
      code: 'consent-refused',
      what: 'Chroma was not installed.',
      next: 'Install it yourself (pip install chromadb), or start again and agree.',
      action: 'startServer',
    });
  }
  report({ kind: 'installing' });
  const python = join(folder, BIN, `python${EXE}`);
  const steps =
    installer.kind === 'uv'
      ? [
          { program: installer.program, args: ['venv', '--allow-existing', folder] },
          {
            program: installer.program,
            args: ['pip', 'install', '--python', python, `chromadb==${version}`],
          },
        ]
      : [
          { program: installer.program, args: ['-m', 'venv', folder] },
          { program: python, args: ['-m', 'pip', 'install', `chromadb==${version}`] },
        ];
  for (const step of steps) {
    const outcome = await run(step, {
      signal,
      onLine: (line) => {
        const named = /^(?:Collecting|Downloading|Installing|Prepared|Resolved)\s+(\S+)/.exec(
          line.trim(),
        );
        if (named) report({ kind: 'installing', progress: named[0].slice(0, 60) });
      },
    });
    if (outcome.exitCode !== 0) {
      throw new ExplainedError({
        code: 'install-failed',
        what: `chromadb ${version} could not be installed.`,
        why: outcome.stderr.trim().split('\n').at(-1) ?? '',
        next: 'The log has the whole answer. Check the network, then start again.',
        action: 'showLogs',
        details: outcome.stderr,
      });
    }
  }
  const installed = await probeChroma(privateProgram(version));
  if (installed) return installed;
  throw new ExplainedError({
    code: 'install-failed',
    what: `chromadb ${version} was installed, but its program does not run.`,
    next: `Try ${privateProgram(version)} --version in a terminal to see why.`,
  });
}

/** `chroma run` on the loopback address; the front is the only way in from outside. */
export function runArgs(dataFolder: string, port: number): readonly string[] {
  return ['run', '--path', dataFolder, '--host', '127.0.0.1', '--port', String(port)];
}

function privateFolder(version: string): string {
  return join(dataFolder(), 'python', `chroma-${version}`);
}

function privateProgram(version: string): string {
  return join(privateFolder(version), BIN, `chroma${EXE}`);
}

async function probeChroma(program: string): Promise<LocalChroma | undefined> {
  if (isAbsolute(program) && !(await exists(program))) return undefined;
  const path = await findProgram(program);
  if (path === undefined) return undefined;
  const version = (await askPython(path)) ?? (await askProgram(path));
  return version !== undefined && Number(version.split('.')[0]) >= 1
    ? { program: path, version }
    : undefined;
}

/** The package's own version: `chroma --version` of the package 1.5.9 says 1.4.4. */
async function askPython(chroma: string): Promise<string | undefined> {
  const python = join(dirname(chroma), `python${EXE}`);
  if (!(await exists(python))) return undefined;
  const script = "import importlib.metadata as m; print(m.version('chromadb'))";
  return readVersion({ program: python, args: ['-I', '-c', script] });
}

async function askProgram(chroma: string): Promise<string | undefined> {
  return readVersion({ program: chroma, args: ['--version'] });
}

async function readVersion(command: Command): Promise<string | undefined> {
  const asked = await run(command, { timeout: 20_000 }).catch(() => undefined);
  return /(\d+\.\d+\.\d+)/.exec(asked?.stdout ?? '')?.[1];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
