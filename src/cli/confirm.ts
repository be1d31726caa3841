import { createInterface } from 'node:readline/promises';
import { ExplainedError } from '../system/errors.ts';
import type { CliOptions } from './arguments.ts';

/** A question that `--yes` answers. */
export interface Confirmation {
  readonly question: string;
  /** What a user should know before they answer, a sentence a line. */
  readonly details: readonly string[];
  /** What comes of no, as a sentence. */
  readonly refused: string;
}

/** Asks a user; a script says `--yes`. @throws ExplainedError `not-confirmed` without a yes */
export async function confirm(
  { options, signal }: { readonly options: CliOptions; readonly signal: AbortSignal },
  { question, details, refused }: Confirmation,
): Promise<void> {
  for (const detail of details) process.stderr.write(`${detail}\n`);
  if (options.yes) return;
  if (process.stdin.isTTY && (await agrees(question, signal))) return;
  throw new ExplainedError({
    code: 'not-confirmed',
    what: refused,
    inTerminal: 'Agree with --yes.',
  });
}

/** Whether a user at the terminal says yes. @throws AbortError */
export async function agrees(question: string, signal: AbortSignal): Promise<boolean> {
  return ['y', 'yes'].includes(await askWord(`${question} [y/N] `, signal));
}

/** The word that a user types, in lower case. @throws AbortError */
export async function askWord(text: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(text, { signal })).trim().toLowerCase();
  } finally {
    terminal.close();
  }
}
