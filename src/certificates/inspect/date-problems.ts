import type { X509Certificate } from 'node:crypto';
import { describeMoment } from '../../system/moment-text.ts';
import { describeExpiry, expiryStage, nextDayLeft, nextExpiryStage } from './expiry.ts';
import { readCommonName } from '../encoding/distinguished-name.ts';
import type {
  AuthorityDates,
  AuthorityProblem,
  CertificateFacts,
  LeafProblem,
  CertificateProblem,
} from './certificate-state.ts';
import { validityOf, type Validity } from '../issue/validity.ts';

/** Whether both dates can be read: a certificate can name the 99th day of a month. */
export function hasReadableDates(certificate: X509Certificate): boolean {
  const { notBefore, notAfter } = validityOf(certificate);
  return !Number.isNaN(notBefore.getTime()) && !Number.isNaN(notAfter.getTime());
}

/** What is wrong with a certificate's dates: expired, not valid yet, or soon to expire. Pure. */
export function findDateProblems(validity: Validity, now: Date): readonly LeafProblem[] {
  const { notBefore, notAfter } = validity;
  const stage = expiryStage(validity, now.getTime());
  if (stage === 'expired') {
    return [{ code: 'expired', what: `It expired on ${describeMoment(notAfter)}.` }];
  }
  if (notBefore > now) {
    const what = `It is not valid before ${describeMoment(notBefore)}.`;
    return [{ code: 'not-yet-valid', what }];
  }
  return stage === undefined
    ? []
    : [{ code: 'expires-soon', what: `It ${expiryPhrase(validity, now)}.` }];
}

/**
 * The dates of every authority above a certificate, with the trusted one.
 *
 * @param path from the leaf to the trusted certificate
 */
export function readAuthorities([, ...authorities]: readonly X509Certificate[]): {
  readonly authorities: readonly AuthorityDates[];
  /** Those whose dates cannot be read. */
  readonly problems: readonly AuthorityProblem[];
} {
  const describe = (authority: X509Certificate): AuthorityDates => ({
    name: readCommonName(authority.subject),
    ...validityOf(authority),
  });
  return {
    authorities: authorities.filter(hasReadableDates).map(describe),
    problems: authorities
      .filter((authority) => !hasReadableDates(authority))
      .map((authority) => ({
        code: 'corrupt',
        what: `${nameAuthority(describe(authority))} has dates that cannot be read.`,
      })),
  };
}

/**
 * What is wrong with the dates of a certificate's authorities: a chain is valid only while each of
 * its certificates is. One that is not valid yet, or expires soon, is mentioned only if its dates
 * are narrower than the leaf's. Pure.
 */
export function findAuthorityDateProblems(
  authorities: readonly AuthorityDates[],
  leaf: Validity,
  now: Date,
): readonly AuthorityProblem[] {
  return authorities.flatMap((authority) => judgeAuthority(authority, leaf, now));
}

function judgeAuthority(
  authority: AuthorityDates,
  leaf: Validity,
  now: Date,
): readonly AuthorityProblem[] {
  const who = nameAuthority(authority);
  const { notBefore, notAfter } = authority;
  const stage = expiryStage(authority, now.getTime());
  if (stage === 'expired') {
    return [{ code: 'authority-expired', what: `${who} expired on ${describeMoment(notAfter)}.` }];
  }
  if (notBefore > now && notBefore > leaf.notBefore) {
    const what = `${who} is not valid before ${describeMoment(notBefore)}.`;
    return [{ code: 'authority-not-yet-valid', what }];
  }
  if (stage === undefined || notAfter >= leaf.notAfter) return [];
  const what = `${who} ${expiryPhrase(authority, now)}, and the certificate with it.`;
  return [{ code: 'authority-expires-soon', what }];
}

function nameAuthority({ name }: AuthorityDates): string {
  return `Its authority "${name}"`;
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

/** Problems of the dates of a certificate and its authorities at a moment (ms since 1970). Pure. */
export function findDatedProblems(
  facts: CertificateFacts,
  now: number,
): readonly CertificateProblem[] {
  const at = new Date(now);
  return [
    ...findDateProblems(facts, at),
    ...findAuthorityDateProblems(facts.authorities ?? [], facts, at),
  ];
}

/**
 * The first moment after `now` at which the dates give another result, or another number of days
 * that are left (both ms since 1970). Pure.
 */
export function nextDateChange(facts: CertificateFacts, now: number): number | undefined {
  const moments = [facts, ...(facts.authorities ?? [])].flatMap((validity) => [
    validity.notBefore.getTime(),
    nextExpiryStage(validity, now),
    nextDayLeft(validity.notAfter, now),
  ]);
  const ahead = moments.filter((moment): moment is number => (moment ?? 0) > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

function expiryPhrase({ notAfter }: Validity, now: Date): string {
  return describeExpiry(notAfter, now.getTime()).replace(/^E/, 'e');
}
