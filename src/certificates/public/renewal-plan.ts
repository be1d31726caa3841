import type { Validity } from '../issue/validity.ts';
import type { RenewalRecord } from './renewal-record.ts';
import type { RenewalSource } from './renewal-source.ts';

/** When a certificate is to be renewed, and who says so. */
export interface RenewalPlan {
  /** When the next attempt is due, after a failure later than the first was; none where nobody renews. */
  readonly due?: Date;
  /** By whose word: an ACME server's (RFC 9773), the lifetime's, or another program's. */
  readonly why: 'ari' | 'two-thirds' | 'by certbot' | 'by AWS' | 'never';
  /** That moment has come. */
  readonly overdue: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/**
 * When the certificate is to be renewed: when its ACME server says so, else after two thirds of its
 * lifetime, however long that is. After failures it is tried again at growing distances. Pure.
 *
 * @param now milliseconds since 1970
 */
export function planRenewal(
  source: RenewalSource,
  validity: Validity,
  record: RenewalRecord,
  now: number,
): RenewalPlan {
  const why = whoSays(source, record);
  if (why === 'never') return { why, overdue: false };
  const due = Math.max(firstDue(validity, why, record), notBefore(record, validity, now));
  return { due: new Date(due), why, overdue: now >= due };
}

/**
 * When a renewal is to be tried by itself, or its authority to be asked; undefined where that takes a
 * user, or nobody wants it. Pure.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970
 */
export function nextAttempt(
  source: RenewalSource,
  validity: Validity,
  record: RenewalRecord,
  now: number,
): number | undefined {
  if (!needsNobody(source)) return undefined;
  const due = planRenewal(source, validity, record, now).due?.getTime() ?? Infinity;
  return Math.min(due, nextLook(source, record, now) ?? Infinity);
}

/**
 * Whether enough time has passed since the last attempt for another one that nobody asked for. Pure.
 *
 * @param now milliseconds since 1970
 */
export function isRested(record: RenewalRecord, validity: Validity, now: number): boolean {
  return now >= notBefore(record, validity, now);
}

/** Whether no question to a user comes of a renewal. */
export function needsNobody(source: RenewalSource): boolean {
  switch (source.kind) {
    case 'acme':
      return source.challenge.type !== 'dns-01' || source.challenge.hook !== undefined;
    case 'certbot':
    case 'acm':
      return true;
    case 'own-authority':
    case 'self-signed':
    case 'imported':
      return false;
  }
}

/**
 * When something has to be looked at although nothing is due: an ACME server may name another moment
 * every few hours. Undefined where nobody is to be asked. Pure.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970
 */
export function nextLook(
  source: RenewalSource,
  { information }: RenewalRecord,
  now: number,
): number | undefined {
  if (source.kind !== 'acme') return undefined;
  const checkAt = information?.checkAt ?? 0;
  // It is never further away: a clock that was ahead has noted it.
  return checkAt > now + DAY ? 0 : checkAt;
}

/**
 * Whether the last attempt failed although the certificate should have been renewed by then: from the
 * first failure on, long before the end. One that a user asked for too early does not count. Pure.
 *
 * @param now milliseconds since 1970
 */
export function findFailure(
  source: RenewalSource,
  validity: Validity,
  record: RenewalRecord,
  now: number,
): Extract<RenewalRecord['last'], { ok: false }> | undefined {
  const { last } = record;
  const why = whoSays(source, record);
  if (last?.ok !== false || last.at > now || why === 'never') return undefined;
  return last.at >= firstDue(validity, why, record) ? last : undefined;
}

/**
 * From when on certbot, whose own timer renews, is late: with a twelfth of the lifetime for a timer
 * that runs twice a day. Pure.
 *
 * @returns milliseconds since 1970
 */
export function lateFrom({ notBefore: start, notAfter }: Validity): number {
  return start.getTime() + ((notAfter.getTime() - start.getTime()) * 3) / 4;
}

function whoSays(source: RenewalSource, { information }: RenewalRecord): RenewalPlan['why'] {
  switch (source.kind) {
    case 'imported':
      return 'never';
    case 'certbot':
      return 'by certbot';
    case 'acm':
      return 'by AWS';
    case 'acme':
      return information?.window ? 'ari' : 'two-thirds';
    case 'own-authority':
    case 'self-signed':
      return 'two-thirds';
  }
}

/** When it is due before anything was tried. */
function firstDue(
  { notBefore: start, notAfter }: Validity,
  why: RenewalPlan['why'],
  { information }: RenewalRecord,
): number {
  const lifetime = notAfter.getTime() - start.getTime();
  const chosen = why === 'ari' ? information?.window?.chosen : undefined;
  // Whatever a server says, there is time left for a second attempt.
  return chosen === undefined
    ? start.getTime() + (lifetime * 2) / 3
    : Math.min(chosen, start.getTime() + lifetime * 0.9);
}

/**
 * Not before that after the last attempt: an hour after the first failure, twice as long after each
 * more of the same kind, a day at most, and not before the server takes another. Where the issuer
 * has no newer certificate yet, it is a day after it was asked. One that was renewed rests for a day,
 * or for a tenth of a shorter life: a server that goes on naming a time in the past is not asked for
 * one certificate after the other.
 */
function notBefore(
  { last }: RenewalRecord,
  { notBefore: start, notAfter }: Validity,
  now: number,
): number {
  // Noted by a clock that was ahead: now that it is right, that would hold a renewal up for long.
  if (!last || last.at > now) return -Infinity;
  const tenth = (notAfter.getTime() - start.getTime()) / 10;
  if (last.ok) return last.at + (last.unchanged ? DAY : Math.min(DAY, tenth));
  const distance = Math.min(HOUR * 2 ** (last.failures - 1), DAY);
  // No limit of an authority is longer than a week; a server in disorder may name any year.
  return Math.max(last.at + distance, Math.min(last.retryAt ?? 0, last.at + WEEK));
}
