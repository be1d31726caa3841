import type { Disposable } from './events.ts';

/** How long (ms) one timer runs at most: none of a machine that sleeps goes on meanwhile. */
const LONGEST = 60_000;
/** And at least, where the moment is no nearer. */
const SHORTEST = 1000;

/**
 * Calls back once a moment has come. Where the machine slept through it, that is a quarter of what
 * was left until then after it woke, and within a minute.
 */
export class MomentTimer implements Disposable {
  readonly #arrived: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(arrived: () => void) {
    this.#arrived = arrived;
  }

  /** @param moment milliseconds since 1970, in place of the one before; undefined for none */
  set(moment: number | undefined): void {
    clearTimeout(this.#timer);
    if (moment === undefined) return;
    const left = Math.max(moment - Date.now(), 0);
    const wait = Math.min(left, LONGEST, Math.max(left / 4, SHORTEST));
    this.#timer = setTimeout(() => {
      if (Date.now() >= moment) this.#arrived();
      else this.set(moment);
    }, wait).unref();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
