import type { X509Certificate } from 'node:crypto';

/** Both ends are included (RFC 5280 section 4.1.2.5). */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Both dates of a certificate; invalid ones where they cannot be read. */
export function validityOf({ validFrom, validTo }: X509Certificate): Validity {
  return { notBefore: new Date(validFrom), notAfter: new Date(validTo) };
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Days that an authority is valid: it is trusted once, and leaves are renewed under it. */
const AUTHORITY_DAYS = 3650;

/** The validity of an authority that is made now. */
export function authorityValidity(now: Date): Validity {
  return leafValidity({ days: AUTHORITY_DAYS, now });
}

/**
 * The validity of a leaf that is made now.
 *
 * @param issuer the validity of its authority, which a leaf never exceeds; undefined without one
 */
export function leafValidity(
  { days, now }: { readonly days: number; readonly now: Date },
  issuer?: Validity,
): Validity {
  // An hour in the past, for containers and virtual machines whose clocks lag behind.
  const notBefore = startOfSecond(now.getTime() - HOUR);
  const notAfter = endOfValidity(notBefore, days);
  if (!issuer) return { notBefore, notAfter };
  return {
    notBefore: notBefore > issuer.notBefore ? notBefore : issuer.notBefore,
    notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
  };
}

/** The validity that OpenSSL 3 gives for `-days`: from now, one second more than ours. */
export function cookbookValidity(now: Date, days: number): Validity {
  const notBefore = startOfSecond(now.getTime());
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * DAY) };
}

/** The last second of so many days. */
export function endOfValidity(notBefore: Date, days: number): Date {
  return new Date(notBefore.getTime() + days * DAY - 1000);
}

function startOfSecond(time: number): Date {
  return new Date(Math.floor(time / 1000) * 1000);
}
