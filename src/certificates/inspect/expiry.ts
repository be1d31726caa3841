import type { Validity } from '../issue/validity.ts';

/** How near the end of a certificate is, once it is near enough to say so. */
export type ExpiryStage = 'month' | 'week' | 'expired';

const DAY = 86_400_000;

/**
 * How near the end is: in the last 30 days, in the last 7, or past. Neither begins before the last
 * third of the validity, so a certificate for a few days is not near its end at once.
 */
export function expiryStage(validity: Validity, now: number): ExpiryStage | undefined {
  const { week, month, end } = boundaries(validity);
  if (now > end) return 'expired';
  if (now > week) return 'week';
  return now > month ? 'month' : undefined;
}

/** The first moment of the next stage (ms since 1970); undefined after the last one. */
export function nextExpiryStage(validity: Validity, now: number): number | undefined {
  const { week, month, end } = boundaries(validity);
  const boundary = [month, week, end].find((one) => now <= one);
  return boundary === undefined ? undefined : boundary + 1;
}

/**
 * When a certificate expires, in a user's words. Days are rounded: one that was made for 365 days has
 * 365 left, although it began an hour before it was made, for clocks that lag behind.
 */
export function describeExpiry(notAfter: Date, now: number): string {
  const left = notAfter.getTime() - now;
  if (left < 0) return `Expired on ${notAfter.toISOString().slice(0, 10)}`;
  if (left < DAY) return 'Expires in less than a day';
  const days = Math.round(left / DAY);
  return `Expires in ${days} ${days === 1 ? 'day' : 'days'}`;
}

/** The first moment (ms since 1970) at which `describeExpiry` says something else; none after the end. */
export function nextDayLeft(notAfter: Date, now: number): number | undefined {
  const end = notAfter.getTime();
  const left = end - now;
  if (left < 0) return undefined;
  if (left < DAY) return end + 1;
  return end - Math.max(1, Math.round(left / DAY) - 0.5) * DAY + 1;
}

/** The last moment before each stage; both ends of a validity count (RFC 5280 section 4.1.2.5). */
function boundaries({ notBefore, notAfter }: Validity): Record<'month' | 'week' | 'end', number> {
  const end = notAfter.getTime();
  const third = (end - notBefore.getTime()) / 3;
  return { month: end - Math.min(30 * DAY, third), week: end - Math.min(7 * DAY, third), end };
}
