import { basename, dirname } from 'node:path';
import { ProgramNotFoundError, run, type Command } from '../process.ts';

/**
 * Asks git whether it leaves a file alone: exit 0 if it is ignored, 1 if not, 128 outside of any
 * work tree. A repository's own configuration may name a program to watch files with: not here.
 */
export function checkIgnoreCommand(file: string): Command {
  return {
    program: 'git',
    args: [
      ...['-C', dirname(file), '-c', 'core.fsmonitor=false'],
      ...['check-ignore', '--quiet', '--', `./${basename(file)}`],
    ],
  };
}

/** Whether a file lies where git would take it into a repository; false where there is no git. */
export async function isOfferedToGit(file: string): Promise<boolean> {
  try {
    const { exitCode } = await run(checkIgnoreCommand(file), { timeout: 5000 });
    return exitCode === 1;
  } catch (error) {
    if (error instanceof ProgramNotFoundError) return false;
    throw error;
  }
}
