import { dirname } from 'node:path';
import { ExplainedError, type ProblemText } from '../../../system/errors.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { run, type Command } from '../../../system/processes/program.ts';
import { findPython, inspectPython, type Installation } from './installation.ts';
import { installCommands, PYTHONS, supportsPython, type Installer } from './install-commands.ts';
import { environmentsFolder, makeOnce } from './private-environment-store.ts';
import { endWithParent } from '../../supervisor/supervisor-launch.ts';
import { describeVersion, nameGeneration } from '../../version.ts';
import type { StartContext } from '../runtime.ts';

/** How a Chroma can be had where there is none, or why it cannot. */
export async function findInstaller(version: string): Promise<Installer | ProblemText> {
  const uv = await findProgram('uv');
  if (uv !== undefined) return { kind: 'uv', program: uv };
  const unfit: string[] = [];
  for (const [name = '', ...args] of PYTHONS[process.platform === 'win32' ? 'win32' : 'posix']) {
    const program = await findProgram(name);
    if (program === undefined) continue;
    const python = await askVersion({ program, args });
    if (python === undefined) continue;
    if (supportsPython(version, python)) return { kind: 'python', program, args };
    unfit.push(`Python ${python}`);
  }
  return unfit.length === 0
    ? {
        code: 'nothing-to-run-with',
        what: 'There is neither a container engine nor Python on this machine.',
        next: 'Install Docker or Python 3.9 or newer, then start again.',
        action: { open: 'https://docs.docker.com/get-started/get-docker/', label: 'Get Docker' },
      }
    : {
        code: 'python-unfit',
        what: `chromadb ${version} does not run on the Python of this machine.`,
        why: `It needs Python 3.9 to 3.12, and here is ${[...new Set(unfit)].join(', ')}.`,
        next: 'Install uv, which brings a Python that fits, or choose a Chroma 1.x image.',
        action: {
          open: 'https://docs.astral.sh/uv/getting-started/installation/',
          label: 'Get uv',
        },
      };
}

/**
 * Makes a private Python environment with Chroma in it, in the user's data folder, if the user
 * agrees.
 *
 * @param passedOver what was found and is of another line
 * @throws ExplainedError `consent-refused`, `nothing-to-run-with`, `python-unfit`, `install-failed`
 */
export async function installChroma(
  version: string,
  passedOver: readonly string[],
  { report, consent, signal }: StartContext,
): Promise<Installation> {
  const installer = await findInstaller(version);
  if ('code' in installer) throw new ExplainedError(installer);
  const agreed = await consent(
    `No Chroma ${nameGeneration(describeVersion(version).generation)} was found on this machine${
      passedOver.length === 0 ? '' : ` (only ${passedOver.join(', ')})`
    }. Install chromadb ${version} into a private Python environment (in ${environmentsFolder()})? It takes about 500 MB and touches nothing else.`,
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
    makeEnvironment(installer, version, folder, { report, signal }),
  );
}

async function makeEnvironment(
  installer: Installer,
  version: string,
  folder: string,
  { report, signal }: Pick<StartContext, 'report' | 'signal'>,
): Promise<Installation> {
  // Not in the workspace: every other one will use it too, and pip and uv take modules and settings
  // from where they are run.
  const cwd = dirname(folder);
  for (const command of installCommands(installer, version, folder)) {
    const outcome = await run(await endWithParent(command), {
      signal,
      cwd,
      onLine: (line) => {
        const progress = readProgress(line);
        if (progress !== undefined) report({ kind: 'installing', progress });
      },
    });
    if (outcome.exitCode !== 0)
      throw explainFailure(version, `${outcome.stdout}\n${outcome.stderr}`);
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

/** What a line of pip or uv says of how far it is. Pure. */
export function readProgress(line: string): string | undefined {
  return /^(?:Collecting|Downloading|Installing|Prepared|Resolved)\s+\S+/
    .exec(line.trim())?.[0]
    .slice(0, 60);
}

/** Why an installer failed, from its last words. Pure. */
export function explainFailure(version: string, output: string): ExplainedError {
  const noVenv = /ensurepip is not|No module named venv/.test(output);
  return new ExplainedError({
    code: 'install-failed',
    what: `chromadb ${version} could not be installed.`,
    why: noVenv
      ? 'This Python cannot make environments.'
      : (output.trim().split('\n').at(-1)?.trim() ?? ''),
    next: noVenv
      ? 'Install what it lacks (on Debian and Ubuntu: apt install python3-venv) or uv, then start again.'
      : 'The log has the whole answer. Check the network, then start again.',
    action: 'showLogs',
    details: output,
  });
}

async function askVersion(python: Command): Promise<string | undefined> {
  const asked = await run(
    { ...python, args: [...python.args, '-I', '--version'] },
    { timeout: 20_000 },
  ).catch(() => undefined);
  return /Python (3\.\d+)/.exec(asked?.stdout ?? '')?.[1];
}
