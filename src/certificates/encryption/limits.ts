import { ExplainedError } from '../../errors.ts';

/** Java's own limit. A file may name any number, and must not hold us up for hours. */
const MOST_ROUNDS = 5_000_000;
/** Firefox takes the most of all: 600,000 for the seal, and again for each part and each key. */
const MOST_ROUNDS_IN_ALL = 10_000_000;

/** @param what the algorithm's object identifier, or what a person calls it */
export function unsupportedEncryption(what: string): ExplainedError {
  return new ExplainedError({
    code: 'unsupported-encryption',
    what: 'The file is encrypted in a way that Chroma TLS does not know.',
    why: `It uses ${what}.`,
    next: 'Convert it with a recent OpenSSL or keytool, then try again.',
  });
}

/**
 * Passes on the rounds that a derivation wants; those of scrypt are N·r·p, which take about as long.
 *
 * @throws ExplainedError `unsupported-encryption` past what a person would wait for
 */
export type CheckRounds = (wanted: number) => number;

export const checkRounds: CheckRounds = (wanted) => {
  // The library gives what does not fit four bytes as text, whatever its type says.
  const rounds = Number(String(wanted));
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS) return rounds;
  throw unsupportedEncryption(`${wanted} rounds`);
};

/** The same for a file of many encrypted parts, over all of them. */
export function checkRoundsInAll(): CheckRounds {
  let sum = 0;
  return (wanted) => {
    const rounds = checkRounds(wanted);
    sum += rounds;
    if (sum <= MOST_ROUNDS_IN_ALL) return rounds;
    throw unsupportedEncryption(`more than ${MOST_ROUNDS_IN_ALL} rounds in all`);
  };
}
