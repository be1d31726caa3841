import { ExplainedError } from '../../../../system/errors.ts';

/** Milliseconds; what authorities date certificates back by covers this much. */
const TOLERANCE = 3_600_000;

/**
 * Compares the clock of this machine with that of an authority, by which it dates certificates. Pure.
 *
 * @param date the `Date` of its answer (RFC 9110, section 6.6.1), heard over verified TLS
 * @param now milliseconds since 1970
 * @throws ExplainedError `acme-clock-wrong` where they are hours apart
 */
export function refuseWrongClock(date: string | undefined, now: number): void {
  const ahead = now - Date.parse(date ?? '');
  // It may have said none, or nothing that can be read.
  if (!(Math.abs(ahead) > TOLERANCE)) return;
  const hours = Math.round(Math.abs(ahead) / TOLERANCE);
  const apart = hours < 48 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day');
  throw new ExplainedError({
    code: 'acme-clock-wrong',
    what: `The clock of this machine is ${apart} ${ahead > 0 ? 'ahead of' : 'behind'} that of the authority.`,
    why:
      ahead > 0
        ? 'A certificate from there would be renewed and given up too early.'
        : 'A certificate from there would not be valid here yet.',
    next: 'Set the clock right (on Linux: timedatectl set-ntp true), then try again.',
  });
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
