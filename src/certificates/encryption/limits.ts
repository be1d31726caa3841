import { ExplainedError } from '../../errors.ts';

/** Java's own limit. A file may name any number, and must not hold us up for hours. */
const MOST_ITERATIONS = 5_000_000;

/** @param what the algorithm's object identifier, or what a person calls it */
export function unsupportedEncryption(what: string): ExplainedError {
  return new ExplainedError({
    code: 'unsupported-encryption',
    what: 'The file is encrypted in a way that Chroma TLS does not know.',
    why: `It uses ${what}.`,
    next: 'Convert it with a recent OpenSSL or keytool, then try again.',
  });
}

/** @throws ExplainedError `unsupported-encryption` past what a person would wait for */
export function checkIterations(iterations: number): number {
  // The library gives what does not fit four bytes as text, whatever its type says.
  const rounds = Number.parseInt(String(iterations), 10);
  if (rounds >= 1 && rounds <= MOST_ITERATIONS) return rounds;
  throw unsupportedEncryption(`${iterations} rounds`);
}
