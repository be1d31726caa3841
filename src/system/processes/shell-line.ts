import type { Command } from './program.ts';

/** A word as a POSIX shell reads it back, whatever is in it. Pure. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command as a line for a POSIX shell, for a user to read and run. Pure. */
export function toShellLine({ program, args, env = {} }: Command): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoteForShell(value)}`);
  return [...variables, ...[program, ...args].map(quoteForShell)].join(' ');
}
