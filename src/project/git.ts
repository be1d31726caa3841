import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { readSmallFile } from '../system/files/small-file.ts';
import {
  ProgramNotFoundError,
  run,
  type Command,
  type Outcome,
} from '../system/processes/program.ts';

/** How long (ms) git may take; a slow disk needs some of it. */
const PATIENCE = 5000;

/**
 * A git command that runs no program that the repository names. Its configuration may name one that
 * watches files, hooks, and one that fetches the objects which a partial clone lacks; git runs that
 * as soon as it has to read a sparse index whole (`index.sparse`).
 */
function gitCommand(folder: string, args: readonly string[]): Command {
  return {
    program: 'git',
    args: [
      ...['-C', folder, '--no-pager'],
      ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'],
      ...args,
    ],
    env: {
      GIT_NO_LAZY_FETCH: '1',
      // The same for a git before 2.45: no protocol has this name, so none is allowed.
      GIT_ALLOW_PROTOCOL: 'none',
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
    },
  };
}

/**
 * Asks git whether it leaves a file alone: exit 0 if it is ignored, 1 if not, 128 outside of any
 * work tree.
 */
export function checkIgnoreCommand(file: string): Command {
  return gitCommand(dirname(file), ['check-ignore', '--quiet', '--', `./${basename(file)}`]);
}

/** @param patterns pathspecs, relative to the folder */
export function listTrackedCommand(folder: string, patterns: readonly string[]): Command {
  return gitCommand(folder, ['ls-files', '-z', '--', ...patterns]);
}

/**
 * Takes files out of the index and leaves them on the disk. By force, because an older key may be
 * staged; only that is lost.
 *
 * @param files names relative to the folder, as git gave them
 */
export function untrackCommand(folder: string, files: readonly string[]): Command {
  return gitCommand(folder, [
    ...['--literal-pathspecs', 'rm', '--cached', '--force', '--quiet', '--'],
    ...files,
  ]);
}

/** Whether git would take a file into a repository; false where git is not installed. */
export async function isOfferedToGit(file: string): Promise<boolean> {
  return (await runGit(checkIgnoreCommand(file)))?.exitCode === 1;
}

/**
 * The files in git's index that match; undefined where git gave no answer, or is not installed.
 *
 * @param patterns pathspecs, relative to the folder
 */
export async function listTracked(
  folder: string,
  patterns: readonly string[],
): Promise<readonly string[] | undefined> {
  const outcome = await runGit(listTrackedCommand(folder, patterns));
  if (outcome?.exitCode !== 0) return undefined;
  return outcome.stdout.split('\0').filter((name) => name !== '');
}

/** Runs a git command; undefined where git is not installed. */
export async function runGit(command: Command): Promise<Outcome | undefined> {
  try {
    return await run(command, { timeout: PATIENCE });
  } catch (error) {
    if (error instanceof ProgramNotFoundError) return undefined;
    throw error;
  }
}

/**
 * Where the index of a folder's repository lies, without asking git; undefined outside of any. A
 * separate work tree, or a submodule, has a file named `.git` that says where.
 */
export async function findGitIndex(folder: string): Promise<string | undefined> {
  let location = await realpath(folder).catch(() => folder);
  for (;;) {
    const entry = join(location, '.git');
    const facts = await stat(entry).catch(() => undefined);
    if (facts?.isDirectory()) return join(entry, 'index');
    if (facts?.isFile()) {
      const text = (await readSmallFile(entry).catch(() => '')).toString();
      const [, target] = /^gitdir: (.+)/.exec(text) ?? [];
      if (target !== undefined) return join(resolve(location, target.trim()), 'index');
    }
    if (dirname(location) === location) return undefined;
    location = dirname(location);
  }
}
