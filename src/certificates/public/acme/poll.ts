import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '../../../system/errors.ts';
import type { Session } from './connection/acme-session.ts';

interface PollOptions {
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly limit: number;
  /** What the authority has not done in time, after "The authority has not". */
  readonly what: string;
}

/** Milliseconds between two looks. */
const SHORTEST_WAIT = 1000;
const LONGEST_WAIT = 15_000;

/**
 * Looks again and again until something came of it, as often as the server likes.
 *
 * @param look undefined for not yet
 * @throws ExplainedError `acme-slow`; AbortError; what `look` throws
 */
export async function poll<T>(
  { session, signal, limit, what }: PollOptions,
  look: () => Promise<T | undefined>,
): Promise<T> {
  // Counted in waits and not by the clock, which a machine that slept has moved.
  let waited = 0;
  for (let wait = SHORTEST_WAIT; ; wait = Math.min(wait * 1.5, LONGEST_WAIT)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (waited > limit) {
      throw new ExplainedError({
        code: 'acme-slow',
        what: `The authority has not ${what} in ${Math.round(limit / 60_000)} minutes.`,
        next: 'Try again later: the order goes on where it was.',
      });
    }
    const pause = Math.min(Math.max(wait, session.patience), 4 * LONGEST_WAIT);
    await sleep(pause, undefined, { signal });
    waited += pause;
  }
}
