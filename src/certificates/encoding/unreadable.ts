import { ExplainedError, isCancellation } from '../../system/errors.ts';

/**
 * A file that is of no use, and why, in a user's words. Never shown as it is: who knows the file's
 * name says it (see `explainUnreadable`).
 */
export class UnreadableError extends Error {
  /** What to do about it, as a sentence. */
  readonly next: string | undefined;

  /** @param why a sentence */
  constructor(why: string, next?: string) {
    super(why);
    this.name = 'UnreadableError';
    this.next = next;
  }
}

/** Says of a file that it cannot be read. What a library says of it is for the log only. */
export function explainUnreadable(file: string, error: unknown): unknown {
  if (error instanceof ExplainedError || isCancellation(error)) return error;
  const known = error instanceof UnreadableError ? error : undefined;
  return new ExplainedError(
    {
      code: 'file-not-understood',
      what: `${file} is no certificate and no key that Chroma TLS can read.`,
      why: known?.message ?? 'It is of an unknown form, or damaged.',
      next: known?.next ?? 'Choose a PEM, DER, PKCS#7 or PKCS#12 file.',
    },
    error,
  );
}
