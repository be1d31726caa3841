// Timing several things fairly: turn by turn, so that a busy minute of the machine hits all alike.
import { performance } from 'node:perf_hooks';

/**
 * @template {string} Name
 * @param {Record<Name, () => Promise<unknown>>} tasks
 * @param {number} rounds
 * @returns {Promise<Record<Name, number>>} the median of each in milliseconds
 */
export async function interleave(tasks, rounds) {
  const names = /** @type {Name[]} */ (Object.keys(tasks));
  /** @type {Map<Name, number[]>} */
  const times = new Map(names.map((name) => [name, []]));
  // The first turn warms the caches of all.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const began = performance.now();
      await tasks[name]();
      if (round > 0) times.get(name)?.push(performance.now() - began);
    }
  }
  const medians = names.map((name) => [name, median(times.get(name) ?? [])]);
  return /** @type {Record<Name, number>} */ (Object.fromEntries(medians));
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return (low + high) / 2;
}
