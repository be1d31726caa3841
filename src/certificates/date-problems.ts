import type { X509Certificate } from 'node:crypto';
import { describeExpiry, expiryStage } from './expiry.ts';
import type { LeafProblem, Problem } from './inspect.ts';
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

/** The same of the authority that signed a certificate, as far as it ends before that. */
export function findAuthorityDateProblems(
  anchor: X509Certificate,
  leaf: X509Certificate,
  now: Date,
): readonly Problem[] {
  if (!hasReadableDates(anchor)) {
    return [{ code: 'corrupt', message: 'Its authority in ca.pem has dates that cannot be read.' }];
  }
  const validity = validityOf(anchor);
  const stage = expiryStage(validity, now.getTime());
  if (stage === 'expired') {
    return [{ code: 'authority-expired', message: `Its authority expired on ${anchor.validTo}.` }];
  }
  if (stage === undefined || validity.notAfter >= validityOf(leaf).notAfter) return [];
  return [
    {
      code: 'authority-expires-soon',
      message: `Its authority ${expiryPhrase(validity, now)}, and the certificate with it.`,
    },
  ];
}

function expiryPhrase({ notAfter }: Validity, now: Date): string {
  return describeExpiry(notAfter, now.getTime()).replace(/^E/, 'e');
}
