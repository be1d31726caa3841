import { ExplainedError } from '../../../system/errors.ts';

/** Java's own limit. A file may name any number, and would block us for hours. */
const MOST_ROUNDS = 5_000_000;
/** Firefox takes the most: 600,000 for the seal, and again for each part and each key. */
const MOST_ROUNDS_IN_ALL = 10_000_000;

/** Ciphers of the last century by their identifiers, RFC 7292 appendix C and RFC 8018 appendix A. */
const OLD_CIPHERS: Readonly<Partial<Record<string, string>>> = {
  '1.2.840.113549.1.12.1.1': 'RC4 with 128 bits',
  '1.2.840.113549.1.12.1.2': 'RC4 with 40 bits',
  '1.2.840.113549.1.5.1': 'DES under a key by MD2 (PBES1)',
  '1.2.840.113549.1.5.3': 'DES under a key by MD5 (PBES1)',
  '1.2.840.113549.1.5.4': 'RC2 under a key by MD2 (PBES1)',
  '1.2.840.113549.1.5.6': 'RC2 under a key by MD5 (PBES1)',
  '1.2.840.113549.1.5.10': 'DES under a key by SHA-1 (PBES1)',
  '1.2.840.113549.1.5.11': 'RC2 under a key by SHA-1 (PBES1)',
  '1.2.840.113549.3.2': 'RC2',
  '1.3.14.3.2.7': 'DES',
};

/** A file with certificates, and a key alone. */
const CONVERT =
  '"openssl pkcs12 -legacy -in OLD -out NEW.pem", or for a key ' +
  '"openssl pkcs8 -topk8 -provider legacy -provider default -in OLD -out NEW.pem"';

/** @param what the algorithm's object identifier, or what a user calls it */
export function unsupportedEncryption(what: string): ExplainedError {
  const old = OLD_CIPHERS[what];
  if (old !== undefined) {
    return new ExplainedError({
      code: 'unsupported-encryption',
      what: 'The file is encrypted in an old, unsafe way that Chroma TLS does not open.',
      why: `It uses ${old}.`,
      next: `Convert it with OpenSSL 3, then choose the new file: ${CONVERT}.`,
    });
  }
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
 * @throws ExplainedError `unsupported-encryption` past what a user would wait for
 */
export type CheckRounds = (wanted: number) => number;

export const checkRounds: CheckRounds = (wanted) => {
  // The library gives what does not fit four bytes as text, whatever its type says.
  const rounds = Number(String(wanted));
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS) return rounds;
  throw unsupportedEncryption(`${wanted} rounds`);
};

/** The same for all parts of a file together. */
export function checkRoundsInAll(): CheckRounds {
  let sum = 0;
  return (wanted) => {
    const rounds = checkRounds(wanted);
    sum += rounds;
    if (sum <= MOST_ROUNDS_IN_ALL) return rounds;
    throw unsupportedEncryption(`more than ${MOST_ROUNDS_IN_ALL} rounds in all`);
  };
}
