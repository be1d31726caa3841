type Severity = 'information' | 'warning' | 'error';

/** Something to tell a user. */
export interface Notice {
  readonly severity: Severity;
  readonly message: string;
  /** What its buttons say. */
  readonly labels: readonly string[];
  /** It comes by itself, not of what the user did: it waits until nothing of ours is shown. */
  readonly isUnasked?: boolean;
  /** Asked when its turn comes: what the facts have overtaken by then is not told. */
  readonly isStillTrue?: () => boolean;
}

/** What VS Code can do with notifications. It cannot close one that has buttons. */
export interface NotificationScreen {
  /** @returns the label of the button that was pressed; undefined once it is closed */
  readonly show: (notice: Notice) => PromiseLike<string | undefined>;
  /** Resolves once VS Code has taken it off the screen by itself; never where it does not. */
  readonly untilFaded: (notice: Notice) => Promise<void>;
  /** Resolves once progress that begins now may be off the screen, however short the work is. */
  readonly untilSeen: () => Promise<void>;
  /** Takes what is shown off the screen; it stays in the list behind the bell. */
  readonly putAway: () => PromiseLike<unknown>;
}

interface Waiting {
  readonly notice: Notice;
  readonly answer: (pressed: string | undefined | PromiseLike<string | undefined>) => void;
}

/** Something on the screen, and the act of the user during which it came there. */
interface Shown {
  readonly act: number;
  /** None for progress. */
  readonly message?: string;
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2 };

/**
 * Shows one notification of ours at a time, progress included. What comes of a user's next act puts
 * away what was said of the one before, into the list behind the bell, so that no error is lost. All
 * else waits its turn, and is told only where it is still true then.
 */
export class NotificationTurns {
  readonly #screen: NotificationScreen;
  #shown: Shown | undefined;
  #waiting: readonly Waiting[] = [];
  #act = 0;

  constructor(screen: NotificationScreen) {
    this.#screen = screen;
  }

  /** The user does something new. */
  beginAct(): void {
    this.#act += 1;
  }

  /** @returns the label of the button that was pressed; undefined where none was, or it was not told */
  async tell(notice: Notice): Promise<string | undefined> {
    const said = [this.#shown, ...this.#waiting.map((one) => one.notice)];
    if (said.some((other) => other?.message === notice.message)) return undefined;
    const isReplacing = notice.isUnasked !== true && (this.#shown?.act ?? Infinity) < this.#act;
    return new Promise((answer) => {
      const one = { notice, answer };
      if (!this.#shown || isReplacing) void this.#show(one, isReplacing);
      else this.#waiting = [...this.#waiting, one];
    });
  }

  /** Shows the progress of work, for as long as it lasts. */
  async during<Result>(work: () => PromiseLike<Result>): Promise<Result> {
    const isReplacing = this.#shown !== undefined;
    const mine: Shown = { act: this.#act };
    this.#shown = mine;
    let seen = Promise.resolve();
    try {
      if (isReplacing) await this.#screen.putAway();
      seen = this.#screen.untilSeen();
      return await work();
    } finally {
      void seen.then(() => {
        // On a busy machine VS Code begins to show it late, and then it stays for its time all the same.
        this.#end(mine, true);
      });
    }
  }

  async #show({ notice, answer }: Waiting, isReplacing: boolean): Promise<void> {
    const mine: Shown = { act: this.#act, message: notice.message };
    this.#shown = mine;
    if (isReplacing) await this.#screen.putAway();
    const pressed = this.#screen.show(notice);
    answer(pressed);
    const isFaded = await Promise.race([
      Promise.resolve(pressed).then(
        () => false,
        () => false,
      ),
      this.#screen.untilFaded(notice).then(() => true),
    ]);
    this.#end(mine, isFaded);
  }

  /** @param mayLinger whether it may still be on the screen, as under the mouse */
  #end(gone: Shown, mayLinger: boolean): void {
    if (this.#shown !== gone) return;
    this.#shown = undefined;
    const next = this.#takeNext();
    if (next) void this.#show(next, mayLinger);
  }

  /** The gravest that is still true. */
  #takeNext(): Waiting | undefined {
    const isTrue = ({ notice }: Waiting): boolean => notice.isStillTrue?.() !== false;
    for (const over of this.#waiting.filter((one) => !isTrue(one))) over.answer(undefined);
    const [next, ...rest] = this.#waiting
      .filter(isTrue)
      .toSorted((one, other) => RANK[one.notice.severity] - RANK[other.notice.severity]);
    this.#waiting = rest;
    return next;
  }
}
