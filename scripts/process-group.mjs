import { execa } from 'execa';

/**
 * Runs a program with whatever it starts as a group of processes of its own. Ctrl+C in the terminal does
 * not reach it: this process decides. What is left of it when this process ends is killed.
 * @template {import('execa').Options} Options
 * @param {string} program
 * @param {string[]} args
 * @param {Options} options
 */
export async function runInGroup(program, args, options) {
  const child = execa(program, args, { ...options, detached: process.platform !== 'win32' });
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nothing is left. On Windows there are no groups, and execa ends the program.
    }
  };
  // Before their files are removed.
  process.prependOnceListener('exit', kill);
  try {
    return await child;
  } finally {
    process.off('exit', kill);
  }
}
