import { dirname } from 'node:path';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { lastLineOf, run, type Command } from '../../../system/processes/program.ts';
import { findPython, inspectPython, type Installation } from './installation.ts';
import { installCommands, PYTHONS, supportsPython, type Installer } from './install-commands.ts';
import { environmentsFolder, makeOnce } from './private-environment-store.ts';
import { endWithParent } from '../../supervisor/supervisor-launch.ts';
import { describeVersion, nameGeneration } from '../../version.ts';
import type { StartContext } from '../runtime.ts';

/** What can install a Chroma on this machine, or why nothing can. */
export async function findInstaller(version: string): Promise<Installer | Problem> {
  const uv = await findProgram('uv');
  if (uv !== undefined) return { kind: 'uv', program: uv };
  const unfit = new Set<string>();
  for (const [name = '', ...args] of PYTHONS[process.platform === 'win32' ? 'win32' : 'posix']) {
    const program = await findProgram(name);
    if (program === undefined) continue;
    const python = await askVersion({ program, args });
    if (python === undefined) continue;
    if (supportsPython(version, python)) return { kind: 'python', program, args };
    unfit.add(`Python ${python}`);
  }
  if (unfit.size === 0) {
    return {
      code: 'nothing-to-run-with',
      what: 'There is neither a container engine nor Python on this machine.',
      next: 'Install Docker or Python 3.9 or newer, then start again.',
      action: { open: 'https://docs.docker.com/get-started/get-docker/', label: 'Get Docker' },
    };
  }
  return {
    code: 'python-unfit',
    what: `chromadb ${version} does not run on the Python of this machine.`,
    why: `It needs Python 3.9 to 3.12, and here is ${[...unfit].join(', ')}.`,
    next: 'Install uv, which brings a Python that fits, or choose a Chroma 1.x image.',
    action: { open: 'https://docs.astral.sh/uv/getting-started/installation/', label: 'Get uv' },
  };
}

/**
 * Makes a private Python environment with Chroma in it, in the user's data folder, if the user agrees.
 *
 * @param passedOver what was found and is of the other server generation
 * @throws ExplainedError `consent-refused`, `nothing-to-run-with`, `python-unfit`, `install-failed`
 */
export async function installChroma(
  version: string,
  passedOver: readonly string[],
  context: StartContext,
): Promise<Installation> {
  const { report, consent, signal } = context;
  const installer = await findInstaller(version);
  if ('code' in installer) throw new ExplainedError(installer);
  const generation = nameGeneration(describeVersion(version).generation);
  const only = passedOver.length === 0 ? '' : ` (only ${passedOver.join(', ')})`;
  const agreed = await consent(
    `No Chroma ${generation} was found on this machine${only}. Install chromadb ${version} into a private Python environment (in ${environmentsFolder()})? It takes about 500 MB and touches nothing else.`,
  );
  if (!agreed) {
    throw new ExplainedError({
      code: 'consent-refused',
      what: 'Chroma was not installed.',
      next: `Install it yourself (pip install chromadb==${version}), or start again and agree.`,
      action: 'startServer',
    });
  }
  report({ kind: 'installing' });
  const waiting = (progress: string): void => {
    report({ kind: 'installing', progress });
  };
  return makeOnce(version, { signal, waiting }, (folder) =>
    makeEnvironment(installer, version, folder, context),
  );
}

async function makeEnvironment(
  installer: Installer,
  version: string,
  folder: string,
  { report, signal }: StartContext,
): Promise<Installation> {
  // Not in the workspace: pip and uv take modules and settings from the folder they are run in, and
  // other workspaces will use this environment too.
  const cwd = dirname(folder);
  const onLine = (line: string): void => {
    const progress = readProgress(line);
    if (progress !== undefined) report({ kind: 'installing', progress });
  };
  for (const command of installCommands(installer, version, folder)) {
    const outcome = await run(await endWithParent(command), { signal, cwd, onLine });
    if (outcome.exitCode !== 0) {
      throw explainFailure(version, `${outcome.stdout}\n${outcome.stderr}`);
    }
  }
  const python = await findPython(folder);
  const installed = python === undefined ? undefined : await inspectPython(python);
  if (installed) return installed;
  throw new ExplainedError({
    code: 'install-failed',
    what: `chromadb ${version} was installed, but its Python does not find it.`,
    next: 'Start again, to make another one.',
    action: 'startServer',
  });
}

/** How far pip or uv is, by a line of its output. Pure. */
export function readProgress(line: string): string | undefined {
  return /^(?:Collecting|Downloading|Installing|Prepared|Resolved)\s+\S+/
    .exec(line.trim())?.[0]
    .slice(0, 60);
}

/** Why an installer failed, by its last words. Pure. */
export function explainFailure(version: string, output: string): ExplainedError {
  const noVenv = /ensurepip is not|No module named venv/.test(output);
  return new ExplainedError({
    code: 'install-failed',
    what: `chromadb ${version} could not be installed.`,
    why: noVenv ? 'This Python cannot make environments.' : lastLineOf(output),
    next: noVenv
      ? 'Install what it lacks (on Debian and Ubuntu: apt install python3-venv) or uv, then start again.'
      : 'The log has the whole answer. Check the network, then start again.',
    action: 'showLogs',
    details: output,
  });
}

async function askVersion({ program, args }: Command): Promise<string | undefined> {
  const ask = { program, args: [...args, '-I', '--version'] };
  const asked = await run(ask, { timeout: 20_000 }).catch(() => undefined);
  return /Python (3\.\d+)/.exec(asked?.stdout ?? '')?.[1];
}
