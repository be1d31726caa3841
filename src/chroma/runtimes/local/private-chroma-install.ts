import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { endWithParent } from '../../supervisor/supervisor-launch.ts';
import { nameGeneration, describeVersion } from '../../version.ts';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import { lastLineOf, run } from '../../../system/processes/program.ts';
import type { StartContext } from '../runtime.ts';
import { watchGrowth } from './folder-growth.ts';
import { formatSize, PARTIAL, readGrowth, type InstallPlan } from './install-plan.ts';
import { findPython, inspectPython, type Installation } from './installation.ts';
import { planInstall, type Installer } from './installer.ts';
import { BINDINGS_VERSION, bindingsModule } from './node-bindings.ts';
import { privateChromasFolder, takePrivateChroma } from './private-chroma-store.ts';
import { broughtPython, wheelModule } from './wheel.ts';

/**
 * Installs a private Chroma in the user's data folder, if the user agrees.
 *
 * @param installer what can do so, or why nothing can
 * @throws ExplainedError `consent-refused`, `nothing-to-run-with`, `python-unfit`, `install-failed`
 */
export async function installChroma(
  workspace: string,
  version: string,
  installer: Installer | Problem,
  context: StartContext,
): Promise<Installation> {
  const { report, consent, signal } = context;
  if ('code' in installer) throw new ExplainedError(installer);
  const { what, size } = planInstall(installer, version, privateChromasFolder());
  if (!(await consent(askFor(version, installer, { what, size })))) {
    throw new ExplainedError({
      code: 'consent-refused',
      what: 'Chroma was not installed.',
      next: `Install it yourself (pip install chromadb==${version}), or start again and agree.`,
      action: 'startServer',
    });
  }
  report({ kind: 'installing' });
  const waiting = (): void => {
    report({ kind: 'waiting' });
  };
  return takePrivateChroma({ workspace, version, signal, waiting }, (folder) =>
    installInto(folder, installer, version, context),
  );
}

/** The question before anything is downloaded, with sizes only where they are known. Pure. */
export function askFor(
  version: string,
  { kind }: Pick<Installer, 'kind'>,
  { what, size }: Pick<InstallPlan, 'what' | 'size'>,
): string {
  const generation = nameGeneration(describeVersion(version).generation);
  const sizes =
    size === undefined
      ? kind === 'environment'
        ? ' (about 300 MB on disk)'
        : ''
      : ` (${formatSize(size.download)} to download, ${formatSize(size.onDisk)} on disk)`;
  return `No Chroma ${generation} was found on this machine. Install ${what} privately${sizes}?`;
}

/**
 * Installs into a folder of its own that is not there yet.
 *
 * @throws ExplainedError `install-failed`; AbortError
 */
export async function installInto(
  folder: string,
  installer: Installer,
  version: string,
  { report, signal }: Pick<StartContext, 'report' | 'signal'>,
): Promise<Installation> {
  const { what, size, files, commands, growth } = planInstall(installer, version, folder);
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text);
  }
  const growing =
    growth &&
    watchGrowth(growth.folder, (written) => {
      report({ kind: 'installing', ...readGrowth(written, growth, size) });
    });
  const onLine = (line: string): void => {
    const progress = readProgress(line);
    if (progress !== undefined && !growth) report({ kind: 'installing', progress });
  };
  // Not in the workspace: pip, uv and npm take settings from the folder they are run in.
  const cwd = dirname(folder);
  try {
    for (const command of commands) {
      const outcome = await run(
        { ...command, ...(await endWithParent(command)) },
        { signal, cwd, onLine },
      );
      if (outcome.exitCode !== 0)
        throw explainFailure(what, `${outcome.stdout}\n${outcome.stderr}`);
    }
  } finally {
    growing?.dispose();
  }
  await rm(join(folder, PARTIAL), { recursive: true, force: true });
  const installed = await findInstalled(installer, version, folder);
  if (installed) return installed;
  throw new ExplainedError({
    code: 'install-failed',
    what: `${what} was installed, but its Python does not find it.`,
    next: 'Start again, to make another one.',
    action: 'startServer',
  });
}

async function findInstalled(
  installer: Installer,
  version: string,
  folder: string,
): Promise<Installation | undefined> {
  const native = (
    loader: 'python' | 'node',
    its: { readonly version: string; readonly program: string; readonly file: string },
  ): Installation => {
    const { version: installed, ...rest } = its;
    return { version: installed, generation: 'rust', module: { loader, ...rest } };
  };
  switch (installer.kind) {
    case 'environment': {
      const python = await findPython(folder);
      return python === undefined ? undefined : inspectPython(python);
    }
    case 'wheel':
    case 'uv wheel': {
      const program = installer.kind === 'wheel' ? installer.python.program : broughtPython(folder);
      return native('python', { version, program, file: wheelModule(folder) });
    }
    case 'bindings': {
      const file = bindingsModule(folder, installer.system);
      return native('node', { version: BINDINGS_VERSION, program: installer.node, file });
    }
  }
}

/** How far uv or pip is, by a line of its output. Pure. */
export function readProgress(line: string): string | undefined {
  return /^(?:Collecting|Downloading|Installing|Prepared|Resolved)\s+\S+/
    .exec(line.trim())?.[0]
    .slice(0, 40);
}

/** npm ends with the name of its log, pip with a hash. */
function readReason(output: string): string {
  return (
    /^(?:ERROR:|error:|npm (?:error|ERR!)) +(?!code |errno |syscall |A complete log)(.+)$/m
      .exec(output)?.[1]
      ?.trim() ?? lastLineOf(output)
  );
}

/** Why an installer failed, by its last words. Pure. */
export function explainFailure(what: string, output: string): ExplainedError {
  const noVenv = /ensurepip is not|No module named venv/.test(output);
  return new ExplainedError({
    code: 'install-failed',
    what: `${what} could not be installed.`,
    why: noVenv ? 'This Python cannot make environments.' : readReason(output),
    next: noVenv
      ? 'Install what it lacks (on Debian and Ubuntu: apt install python3-venv) or uv, then start again.'
      : 'Check the network, then start again; the log has the whole answer.',
    action: 'showLogs',
    details: output,
  });
}
