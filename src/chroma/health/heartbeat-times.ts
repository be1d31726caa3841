/** Milliseconds that one beat may take, all in all, until the server has answered. */
export const BEAT_LIMIT = 5000;

/** Milliseconds; how long to wait at first, and at most, after a heartbeat that failed. */
export const FIRST_RETRY = 500;
export const LAST_RETRY = 30_000;

/** Milliseconds that a beat takes at most with what it looks up after a full handshake. */
const LONGEST_BEAT = 4 * BEAT_LIMIT;

/**
 * From when on (ms since 1970) a heartbeat is out of date. A poll that runs is never silent for so
 * long, so the machine slept, and nobody knows what the server did meanwhile. Pure.
 *
 * @param interval milliseconds between two heartbeats that are well
 */
export function outdatedFrom(
  { ok, at }: { readonly ok: boolean; readonly at: number },
  interval: number,
): number {
  return at + 2 * (ok ? interval : LAST_RETRY) + LONGEST_BEAT;
}
