import { ExplainedError, isCancellation } from '../../system/errors.ts';

/** A file cannot be used, and why, in a user's words. `explainUnreadable` adds the file's name. */
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

/** Says that a file cannot be read. What a library says is for the log only. */
export function explainUnreadable(file: string, error: unknown): unknown {
  if (error instanceof ExplainedError || isCancellation(error)) return error;
  const known = error instanceof UnreadableError ? error : undefined;
  return new ExplainedError(
    {
      code: 'file-not-understood',
      what: `${file} is not a certificate or key that Chroma TLS can read.`,
      why: known?.message ?? 'It is damaged or of an unknown form.',
      next: known?.next ?? 'Choose a PEM, DER, PKCS#7 or PKCS#12 file.',
    },
    error,
  );
}
