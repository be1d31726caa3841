import { backdate, endOfValidity } from './profile.ts';

/** Both ends count (RFC 5280 section 4.1.2.5). */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Days an authority lives: trust is given once, leaves are renewed under it. */
const AUTHORITY_DAYS = 3650;

export function authorityValidity(now: Date): Validity {
  const notBefore = backdate(now);
  return { notBefore, notAfter: endOfValidity(notBefore, AUTHORITY_DAYS) };
}

/** @param issuer where there is one, its validity, which a leaf never leaves */
export function leafValidity(
  { days, now }: { readonly days: number; readonly now: Date },
  issuer?: Validity,
): Validity {
  const notBefore = backdate(now);
  const notAfter = endOfValidity(notBefore, days);
  if (!issuer) return { notBefore, notAfter };
  return {
    notBefore: notBefore > issuer.notBefore ? notBefore : issuer.notBefore,
    notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
  };
}
