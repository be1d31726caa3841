import { setTimeout as sleep } from 'node:timers/promises';
import { breakOff } from './early-end.ts';

/** How long (ms) at most. It fails no slow test; it names a wait that never ends. */
const PATIENCE = 4 * 60_000;
/** How long (ms) to rest between two looks: at least so, and at most so. */
const REST = { least: 50, most: 1000 };

/**
 * Looks again and again until something holds. Tests wait by this, never for a fixed time.
 *
 * @param what is waited for, for the failure's text
 * @param look gives what holds now
 * @param isWanted by default, that it is truthy
 * @returns what was seen last
 * @throws with what was seen last, after minutes, or when the run ends in the middle of a test
 */
export async function until<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  isWanted: (seen: Seen) => boolean = Boolean,
): Promise<Seen> {
  // By a clock that no test sets.
  const end = performance.now() + PATIENCE;
  const brokenOff = breakOff();
  for (;;) {
    const began = performance.now();
    const seen = await look();
    if (isWanted(seen)) return seen;
    if (brokenOff.aborted) throw new Error(`${what}: the run ends`);
    if (performance.now() > end)
      throw new Error(`${what}: never; last seen was ${JSON.stringify(seen)}`);
    // A look that runs programs takes the processor from what it waits for.
    const rest = 3 * (performance.now() - began);
    await sleep(Math.min(Math.max(rest, REST.least), REST.most));
  }
}
