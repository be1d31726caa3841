import type { Disposable } from './events.ts';

/** How long (ms) one timer runs at most, because timers stand still while the machine sleeps. */
const LONGEST = 60_000;
/** How long it runs at least, unless the moment is nearer. */
const SHORTEST = 1000;

/**
 * Calls back once a moment has come. If the machine slept at that moment, it calls back soon after
 * the machine woke: after a quarter of the time that was left before, and at most a minute.
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
