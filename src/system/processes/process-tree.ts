import { systemCode } from '../errors.ts';
import { run, type Command } from './program.ts';

/** Windows has no process groups: its own tool finds the processes by their parents. */
export function endTreeCommand(pid: number): Command {
  return { program: 'taskkill', args: ['/T', '/F', '/PID', String(pid)] };
}

/**
 * Ends a program with everything it has started, at once. Nothing happens if none is left.
 *
 * @param pid of a program that leads a process group of its own (started `detached`)
 */
export async function endTree(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (platform === 'win32') await run(endTreeCommand(pid)).catch(() => undefined);
  else signalGroup(pid, 'SIGKILL');
}

/** Sends a signal to all of a process group. Nothing happens if none is left. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
