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
  const samples = new Samples();
  // The first turn warms the caches of all.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const began = performance.now();
      await tasks[name]();
      if (round > 0) samples.add(name, performance.now() - began);
    }
  }
  const medians = names.map((name) => [name, samples.median(name)]);
  return /** @type {Record<Name, number>} */ (Object.fromEntries(medians));
}

/** What was measured more than once, by name. */
export class Samples {
  /** @type {Map<string, number[]>} */
  #values = new Map();

  /**
   * @param {string} name
   * @param {number} value
   */
  add(name, value) {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  /** @param {string} name */
  median(name) {
    const sorted = (this.#values.get(name) ?? []).sort((one, other) => one - other);
    const middle = sorted.length / 2;
    const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
    const high = sorted[Math.floor(middle)] ?? Number.NaN;
    return (low + high) / 2;
  }
}
