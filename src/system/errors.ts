import { describeFailure } from './failures.ts';

/** What a button under a message can do; each shell knows how to carry it out or to word it. */
export type Action =
  | 'generateCertificate'
  | 'trustCertificate'
  | 'regenerateCertificate'
  | 'renewCertificate'
  | 'setDomain'
  | 'startServer'
  | 'restartServer'
  | 'unpauseServer'
  | 'showLogs'
  | 'openSettings'
  | 'openFolder'
  | 'replaceBrokenPair'
  | 'createComposeFile'
  | 'createSeparateComposeFile'
  | 'enterPassphrase'
  | 'useBuiltinEngine'
  | 'importIntoAws'
  | 'importCertificate'
  | 'protectKey'
  | 'untrackKey'
  | 'selectImage'
  | 'copyClientCode'
  | { readonly usePort: number }
  /** The full name of a setting, such as `chromaTls.port`. */
  | { readonly openSetting: string }
  /** A line for a user to run in a terminal: it is typed in, and they press Enter. */
  | { readonly terminal: string; readonly label: string }
  | { readonly open: string; readonly label: string };

/** What is wrong, for a user to read. */
export interface Problem<Code extends string = string> {
  /** A stable word for scripts and tests, such as `docker-not-running`. */
  readonly code: Code;
  /** What failed, or what is the matter, as a sentence. */
  readonly what: string;
  /** Why, as a sentence, where it is known. */
  readonly why?: string;
  /** What to do next, as a sentence. */
  readonly next?: string;
  /** The same for a terminal, where an option or a verb does it. */
  readonly inTerminal?: string;
  readonly action?: Action;
  /** Before that time (ms since 1970) another attempt fails, as a server has said. */
  readonly retryAt?: number;
  /** For the log only: a program's own last words. Never a key, never a passphrase. */
  readonly details?: string;
}

/** A failure that a user can read: what failed, why, what to do next, and the button that does it. */
export class ExplainedError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(explain(problem), cause === undefined ? undefined : { cause });
    this.name = 'ExplainedError';
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }
}

/** One paragraph out of a problem's parts. */
export function explain({ what, why, next }: Problem): string {
  return [what, why, next].filter(Boolean).join(' ');
}

/** The same for a terminal, with the words to type there. */
export function explainInTerminal({ inTerminal, ...problem }: Problem): string {
  return explain({ ...problem, ...(inTerminal === undefined ? {} : { next: inTerminal }) });
}

/**
 * The two sentences that matter most: what and why, or, where no button does it, what to do.
 *
 * @param hasButton whether a button beside the text does what is next
 */
export function explainShortly({ what, why, next }: Problem, hasButton: boolean): string {
  return [what, hasButton ? why : (next ?? why)].filter(Boolean).join(' ');
}

/**
 * The problem in anything that was thrown. A file that the system refused is explained; anything
 * else is reported as unexpected.
 */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof ExplainedError) return thrown.problem;
  const refused = describeFailure(systemCode(thrown));
  if (refused) {
    const path = pathOf(thrown);
    return {
      code: 'file-refused',
      what: path === undefined ? 'A file was refused.' : `${path} was refused.`,
      ...refused,
      details: String(thrown),
    };
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const details = thrown instanceof Error ? thrown.stack : undefined;
  return {
    code: 'unexpected',
    what: 'Chroma TLS failed unexpectedly.',
    why: text,
    next: 'The log has the details.',
    action: 'showLogs',
    ...(details === undefined ? {} : { details }),
  };
}

/**
 * Why the system refused a file, as a sentence.
 *
 * @param thrown an error of `node:fs`
 */
export function sayWhy(thrown: unknown): string {
  const code = systemCode(thrown);
  const refused = describeFailure(code);
  return refused?.why ?? `The system refused it${code === undefined ? '' : ` (${code})`}.`;
}

/** The file that a system error is about, where it says so. */
function pathOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('path' in thrown)) return undefined;
  return typeof thrown.path === 'string' ? thrown.path : undefined;
}

/** Whether an AbortSignal caused it: the user cancelled, which is not a failure. */
export function isCancellation(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

/** What to throw when a user gives no answer to a question. */
export function cancellation(): Error {
  return new DOMException('The user cancelled.', 'AbortError');
}

/**
 * The `code` of a Node.js system error (`ENOENT`, `EACCES`…), or undefined. An ExplainedError has
 * none: its code is ours.
 */
export function systemCode(thrown: unknown): string | undefined {
  if (thrown instanceof ExplainedError) return undefined;
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
