import type { Disposable } from '../../system/events.ts';
import { readStartLock, watchStartLock, type Doing } from '../start-lock.ts';

/** How often (ms) it is looked whether who is at work still lives: one that is killed says nothing. */
const LOOK_AGAIN = 1000;

/** What another window or terminal does to the server of a workspace; undefined for nothing. */
export async function readElsewhere(workspace: string): Promise<Doing | undefined> {
  const lock = await readStartLock(workspace);
  return lock.kind === 'held' && !lock.isOurs ? lock.doing : undefined;
}

/** Says when another window or terminal has begun or ended to start or stop a workspace's server. */
export class ElsewhereWatch implements Disposable {
  readonly #workspace: string;
  readonly #changed: (doing: Doing | undefined) => void;
  readonly #watch: Disposable;
  #turns = 0;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  /** @param changed hears what is done now, each time somebody may have begun or ended */
  constructor(workspace: string, changed: (doing: Doing | undefined) => void) {
    this.#workspace = workspace;
    this.#changed = changed;
    this.#watch = watchStartLock(workspace, () => {
      this.#turns += 1;
      void this.#look();
    });
  }

  /** Grows with each beginning or end: what was asked meanwhile may be of neither before nor after. */
  get turns(): number {
    return this.#turns;
  }

  /** Looks again, until it is over, after what was seen to be done there, by whatever look. */
  lookAgainAfter(doing: Doing | undefined): void {
    clearTimeout(this.#timer);
    if (doing && !this.#isEnded) {
      this.#timer = setTimeout(() => void this.#look(), LOOK_AGAIN).unref();
    }
  }

  dispose(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#watch.dispose();
  }

  async #look(): Promise<void> {
    const doing = await readElsewhere(this.#workspace);
    if (this.#isEnded) return;
    this.lookAgainAfter(doing);
    this.#changed(doing);
  }
}
