import { toProblem } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import type { Settings } from '../../project/settings.ts';
import { ElsewhereWatch, readElsewhere } from './elsewhere.ts';
import { findWhereabouts, observeEvery } from '../runtimes/every-runtime.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { Observation } from '../server-facts.ts';
import type { Doing } from '../start-lock.ts';

/** What the runtimes see, and what another window or terminal does: both of one time. */
export interface Seen {
  readonly observation: Observation;
  readonly elsewhere: Doing | undefined;
}

/** How often it is asked again what there is, where others begin or end something meanwhile. */
const MOST_LOOKS = 3;

/** Looks at the server of one workspace, and follows what happens to it, no matter who does it. */
export class Observer implements Disposable {
  readonly #workspace: string;
  readonly #runtimes: readonly Runtime[];
  readonly #log: (line: string) => void;
  readonly #watches: Disposable[] = [];
  #elsewhere: ElsewhereWatch | undefined;
  /** Observations are counted: the newest one asked for, and the newest one that has arrived. */
  #lastAsked = 0;
  #lastArrived = 0;

  /** @param environment.runtimes in the order in which their servers count, should two be seen */
  constructor(environment: {
    readonly workspace: string;
    readonly runtimes: readonly Runtime[];
    readonly log: (line: string) => void;
  }) {
    this.#workspace = environment.workspace;
    this.#runtimes = environment.runtimes;
    this.#log = environment.log;
  }

  /** @returns undefined where a later question has been answered meanwhile */
  async look(setting: Settings['runtime']): Promise<Seen | undefined> {
    const turn = ++this.#lastAsked;
    const seen = await this.#lookAtOnce(setting);
    // An engine that took its time tells of what was before another one's answer.
    if (turn < this.#lastArrived) return undefined;
    this.#lastArrived = turn;
    return seen;
  }

  /**
   * Follows the server until disposed.
   *
   * @param changed looks again; called once more for what happens while it looks
   * @param elsewhere hears what another window or terminal does now
   */
  follow(changed: () => Promise<void>, elsewhere: (doing: Doing | undefined) => void): void {
    this.#elsewhere = new ElsewhereWatch(this.#workspace, elsewhere);
    this.#watches.push(
      this.#elsewhere,
      ...this.#runtimes.map((runtime) => runtime.watch(this.#oneAfterTheOther(changed))),
    );
  }

  dispose(): void {
    for (const watch of this.#watches.splice(0)) watch.dispose();
  }

  async #lookAtOnce(setting: Settings['runtime']): Promise<Seen> {
    for (let looks = 1; ; looks += 1) {
      const turns = this.#elsewhere?.turns;
      const whereabouts = await findWhereabouts(this.#workspace, setting);
      const observation = await observeEvery(this.#runtimes, whereabouts);
      const elsewhere = await readElsewhere(this.#workspace);
      this.#elsewhere?.lookAgainAfter(elsewhere);
      // A server that was stopped there meanwhile may have been seen half-way.
      const isOfOneTime = elsewhere !== undefined || turns === this.#elsewhere?.turns;
      if (isOfOneTime || looks === MOST_LOOKS) return { observation, elsewhere };
    }
  }

  #oneAfterTheOther(work: () => Promise<void>): () => void {
    let queued = Promise.resolve();
    let isWaiting = false;
    return () => {
      // What has not begun yet will see this change too.
      if (isWaiting) return;
      isWaiting = true;
      queued = queued
        .then(() => {
          isWaiting = false;
          return work();
        })
        .catch((error: unknown) => {
          this.#log(toProblem(error).what);
        });
    };
  }
}
