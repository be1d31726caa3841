import { setPriority } from 'node:os';
import { execa } from 'execa';

/**
 * Compiles a part while servers are tested: it takes less of the processor than they, but not so little
 * that it would never end on a machine that is busy anyway.
 * @param {string} program
 * @param {string[]} args
 * @param {import('execa').Options} options
 */
export async function compile(program, args, options) {
  const compiling = execa(program, args, options);
  if (compiling.pid !== undefined) setPriority(compiling.pid, 5);
  await compiling;
}
