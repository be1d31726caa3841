import { resolve } from 'node:path';
import { readIfThere } from '../../../system/files/replace-file.ts';
import { ExplainedError, type ProblemText } from '../../../system/errors.ts';
import { findComposeFiles, SEPARATE_COMPOSE_FILE } from './project-files.ts';
import {
  ProgramNotFoundError,
  run,
  type Command,
  type Outcome,
} from '../../../system/processes/program.ts';
import { parseProject, type ResolvedProject } from './resolved-answer.ts';
import { readTarget, type ChromaServices } from './services.ts';
import type { Engine } from '../../../containers/engine.ts';

/** A Compose that can be run: the engine's own subcommand, or the program of old. */
export interface ComposeProgram {
  readonly program: string;
  /** What comes before any of Compose's own words. */
  readonly leading: readonly string[];
  readonly version: string;
}

/** Chroma in a Compose file, and who brings it up. */
export interface ComposeTarget extends ChromaServices {
  readonly compose: ComposeProgram;
  /** The file Compose has to be told of; none where it takes the workspace's own by itself. */
  readonly file?: string;
  /** The absolute path of that file. */
  readonly path: string;
}

/** How long (ms) Compose may take to say its version, or what a file comes to. */
export const ANSWER_TIMEOUT = 30_000;

/**
 * The Compose there is: `docker compose` before `docker-compose`, which is no longer maintained.
 *
 * @throws ExplainedError `compose-not-installed`
 */
export async function findCompose(engine: Engine, signal?: AbortSignal): Promise<ComposeProgram> {
  const standalone = (await engine.kind()) === 'podman' ? 'podman-compose' : 'docker-compose';
  for (const { program, leading } of [
    { program: engine.program, leading: ['compose'] },
    { program: standalone, leading: [] },
  ]) {
    const args = [...leading, 'version', '--short'];
    const asked = await run({ program, args }, { signal, timeout: ANSWER_TIMEOUT }).catch(
      (error: unknown) => {
        if (error instanceof ProgramNotFoundError) return undefined;
        throw error;
      },
    );
    const version = /\d+\.\d+\.\d+\S*/.exec(asked?.stdout ?? '')?.[0];
    if (asked?.exitCode === 0 && version !== undefined) return { program, leading, version };
  }
  throw new ExplainedError({
    code: 'compose-not-installed',
    what: `There is neither ${engine.program} compose nor ${standalone} on this machine.`,
    next: 'Install the Compose plugin, or set chromaTls.runtime to docker.',
    action: { open: 'https://docs.docker.com/compose/install/', label: 'Get Compose' },
  });
}

/**
 * Which services of the workspace's Compose file are Chroma's, as Compose itself resolves the file.
 *
 * @throws ExplainedError `compose-no-file`, `compose-no-chroma`, `compose-broken`,
 *   `compose-not-understood`, `compose-not-installed`
 */
export async function findTarget(
  engine: Engine,
  workspace: string,
  signal?: AbortSignal,
): Promise<ComposeTarget> {
  const { files, separate } = await findComposeFiles(workspace);
  const [main] = files;
  if (main === undefined && !separate) throw new ExplainedError(NO_FILE);
  const lacking = explainNoChroma(main ?? SEPARATE_COMPOSE_FILE);
  if (!separate && !(await mayHoldChroma(workspace, files))) throw new ExplainedError(lacking);
  const compose = await findCompose(engine, signal);
  for (const name of [main, separate ? SEPARATE_COMPOSE_FILE : undefined]) {
    if (name === undefined) continue;
    const file = name === main ? {} : { file: name };
    const { services } = await resolveProject({ compose, ...file }, workspace, signal);
    const target = readTarget(services);
    if (target) return { compose, ...file, path: resolve(workspace, name), ...target };
  }
  throw new ExplainedError(lacking);
}

/**
 * Whether files can have a Chroma in them, by a look at their text. Compose is asked only then: that
 * it is missing, or cannot read a file which is about other things, is no concern of Chroma's.
 */
async function mayHoldChroma(workspace: string, files: readonly string[]): Promise<boolean> {
  const texts = files.map((file) => readIfThere(resolve(workspace, file)).catch(() => undefined));
  // Another file that they take in may have one.
  return (await Promise.all(texts)).some(
    (text) => text === undefined || /chroma|\binclude\b|\bextends\b/i.test(text),
  );
}

/** One of Compose's commands as data. Pure. */
export function composeCommand(
  { compose, file }: Pick<ComposeTarget, 'compose' | 'file'>,
  args: readonly string[],
): Command {
  const chosen = file === undefined ? [] : ['--file', file];
  return { program: compose.program, args: [...compose.leading, ...chosen, ...args] };
}

/**
 * What a workspace's project comes to, every profile on.
 *
 * @param target.whole Compose's own options for the whole project
 * @param input what the file `-` says
 * @throws ExplainedError `compose-broken`, `compose-not-understood`
 */
export async function resolveProject(
  {
    whole = [],
    ...target
  }: Pick<ComposeTarget, 'compose' | 'file'> & { whole?: readonly string[] },
  workspace: string,
  signal: AbortSignal | undefined,
  input?: string,
): Promise<ResolvedProject> {
  // A service of a profile that is not on is Chroma's all the same.
  const args = isOld(target.compose)
    ? ['config']
    : ['--profile', '*', 'config', '--format', 'json'];
  const options = { signal, timeout: ANSWER_TIMEOUT, cwd: workspace, input };
  const resolved = await run(composeCommand(target, [...whole, ...args]), options);
  if (resolved.exitCode !== 0) throw new ExplainedError(explainBroken(resolved));
  const { program, leading } = target.compose;
  return parseProject([program, ...leading].join(' '), resolved.stdout);
}

/** Whether it is the program of old, which has other options. Pure. */
export function isOld({ version }: ComposeProgram): boolean {
  return version.startsWith('1.');
}

function explainNoChroma(file: string): ProblemText {
  return {
    code: 'compose-no-chroma',
    what: `No service in ${file} is a Chroma server.`,
    next: 'Create the Compose file: Chroma is put in, and the rest stays as it is.',
    action: 'createComposeFile',
  };
}

const NO_FILE: ProblemText = {
  code: 'compose-no-file',
  what: 'There is no Compose file in this workspace.',
  next: 'Create one, or set chromaTls.runtime to auto.',
  action: 'createComposeFile',
};

function explainBroken({ stderr }: Outcome): ProblemText {
  return {
    code: 'compose-broken',
    what: 'Compose cannot read the Compose file.',
    why: findReason(stderr),
    next: 'Correct it, then try again.',
    action: 'showLogs',
    details: stderr,
  };
}

/** The line that says why. The program of old has advice below it. Pure. */
function findReason(stderr: string): string {
  const named = /is invalid because:\n(.+)/.exec(stderr)?.[1];
  return named ?? stderr.trim().split('\n').at(-1) ?? '';
}
