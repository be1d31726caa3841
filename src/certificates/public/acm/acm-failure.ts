import type { Problem } from '../../../system/errors.ts';

/** What was asked of AWS when it failed. */
export interface Asked {
  /** As IAM calls it, without `acm:`; undefined before anything was asked. */
  readonly action: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
}

/** What came instead of an answer. */
export interface Failure extends Asked {
  /** AWS's own name of the error, or the system's code. */
  readonly name: string;
  readonly message: string;
  /** The code of the system's error inside, such as `ENOTFOUND`. */
  readonly code: string;
}

/** What a kind of failure means. */
export interface Rule {
  readonly applies: (failure: Failure) => boolean;
  readonly explain: (failure: Failure) => Problem;
}

/** Whether AWS, or a program in its place, calls the error so; `…Exception` or not. */
export function isNamed(...names: readonly string[]): Rule['applies'] {
  return ({ name }) => names.includes(name.replace(/(Exception|Error)$/, ''));
}

/** AWS's own words, as one sentence of a message. Pure. */
export function asSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const short = line.length > 300 ? `${line.slice(0, 300)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
