import type { X509Certificate } from 'node:crypto';
import { describeExpiry, expiryStage } from './expiry.ts';
import { readCommonName } from './distinguished-name.ts';
import type { LeafProblem } from './inspect.ts';
import type { Validity } from './validity.ts';

/** Its ends are invalid dates where the certificate's cannot be read (see `hasReadableDates`). */
export function validityOf({ validFrom, validTo }: X509Certificate): Validity {
  return { notBefore: new Date(validFrom), notAfter: new Date(validTo) };
}

/** Whether both ends are moments: a certificate can name the 99th day of a month. */
export function hasReadableDates(certificate: X509Certificate): boolean {
  const { notBefore, notAfter } = validityOf(certificate);
  return !Number.isNaN(notBefore.getTime()) && !Number.isNaN(notAfter.getTime());
}

/** Whether a certificate is valid yet, still, and for how long. */
export function findDateProblems(leaf: X509Certificate, now: Date): readonly LeafProblem[] {
  const validity = validityOf(leaf);
  const stage = expiryStage(validity, now.getTime());
  if (stage === 'expired') return [{ code: 'expired', message: `It expired on ${leaf.validTo}.` }];
  if (validity.notBefore > now) {
    return [{ code: 'not-yet-valid', message: `It is not valid before ${leaf.validFrom}.` }];
  }
  return stage === undefined
    ? []
    : [{ code: 'expires-soon', message: `It ${expiryPhrase(validity, now)}.` }];
}

/** What can be wrong with the dates of an authority in a chain. */
export interface AuthorityProblem {
  readonly code:
    'authority-expired' | 'authority-expires-soon' | 'authority-not-yet-valid' | 'corrupt';
  readonly message: string;
}

/**
 * The same of every authority that a certificate stands on, the trusted one among them: a chain is
 * valid while each of its links is. One that only waits or ends with the leaf is not told apart.
 *
 * @param path from the leaf to the trusted certificate
 */
export function findAuthorityDateProblems(
  [leaf, ...authorities]: readonly X509Certificate[],
  now: Date,
): readonly AuthorityProblem[] {
  if (!leaf) return [];
  const of = validityOf(leaf);
  return authorities.flatMap((authority) => judgeAuthority(authority, of, now));
}

function judgeAuthority(
  authority: X509Certificate,
  leaf: Validity,
  now: Date,
): readonly AuthorityProblem[] {
  const who = `Its authority "${readCommonName(authority.subject)}"`;
  if (!hasReadableDates(authority)) {
    return [{ code: 'corrupt', message: `${who} has dates that cannot be read.` }];
  }
  const validity = validityOf(authority);
  const stage = expiryStage(validity, now.getTime());
  if (stage === 'expired') {
    return [{ code: 'authority-expired', message: `${who} expired on ${authority.validTo}.` }];
  }
  if (validity.notBefore > now && validity.notBefore > leaf.notBefore) {
    const message = `${who} is not valid before ${authority.validFrom}.`;
    return [{ code: 'authority-not-yet-valid', message }];
  }
  if (stage === undefined || validity.notAfter >= leaf.notAfter) return [];
  const message = `${who} ${expiryPhrase(validity, now)}, and the certificate with it.`;
  return [{ code: 'authority-expires-soon', message }];
}

/** The certificates that are valid at a time before those that are not; otherwise in their order. */
export function validFirst(
  certificates: readonly X509Certificate[],
  now: Date,
): readonly X509Certificate[] {
  const rank = (certificate: X509Certificate): number => {
    const { notBefore, notAfter } = validityOf(certificate);
    return notBefore <= now && now <= notAfter ? 0 : 1;
  };
  return certificates.toSorted((one, other) => rank(one) - rank(other));
}

function expiryPhrase({ notAfter }: Validity, now: Date): string {
  return describeExpiry(notAfter, now.getTime()).replace(/^E/, 'e');
}
