import type { Disposable, Memento } from 'vscode';
import { ours } from './actions.ts';
import { locateCertificates } from './commands/change-trust.ts';
import { findExpiryMessage, nextExpiryMessage, type ExpiryMessage } from './expiry-notice-model.ts';
import type { Notifier } from './notify.ts';
import type { ActiveFolder, Session } from './session.ts';

/** Where the workspace's memory keeps what has been said. */
const SAID = 'chromaTls.expiryNotices';
/** Certificates come and go; what was said of the last ones is enough to remember. */
const MEMORY = 50;
/** Milliseconds; a timer set for longer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Tells the person once when the certificate comes into its last 30 days, its last 7, and when it
 * has expired. It looks whenever something is known anew; a timer is only for a window that stays
 * open until the next of these.
 */
export class ExpiryNotice implements Disposable {
  readonly #session: Session;
  readonly #notifier: Notifier;
  readonly #memory: Memento;
  readonly #subscription: Disposable;
  #timer: { readonly at: number | undefined; readonly handle: NodeJS.Timeout | undefined } = {
    at: undefined,
    handle: undefined,
  };

  constructor(session: Session, notifier: Notifier, memory: Memento) {
    this.#session = session;
    this.#notifier = notifier;
    this.#memory = memory;
    this.#subscription = session.onDidChange(() => {
      this.#look();
    });
    this.#look();
  }

  dispose(): void {
    clearTimeout(this.#timer.handle);
    this.#subscription.dispose();
  }

  #look(): void {
    const { active } = this.#session;
    const now = Date.now();
    this.#setTimer(active && nextExpiryMessage(active.server.snapshot, now), now);
    const due = active && findExpiryMessage(active.server.snapshot, now);
    if (!due) return;
    const said = this.#memory.get<readonly string[]>(SAID, []);
    if (said.includes(due.id)) return;
    void this.#memory.update(SAID, [...said, due.id].slice(-MEMORY));
    this.#say(active, due).catch(this.#notifier.report);
  }

  async #say(active: ActiveFolder, { message }: ExpiryMessage): Promise<void> {
    const { isMadeHere } = await import('../certificates/made-here.ts');
    const madeHere = await isMadeHere(active.folder.uri.fsPath, await locateCertificates(active));
    await (madeHere
      ? this.#notifier.warn(message, ours('chromaTls.generateCertificate', 'Renew'))
      : this.#notifier.warn(
          `${message} It was not made here: get a new one where it came from.`,
          ours('chromaTls.importCertificate'),
        ));
  }

  /** Has the certificate read again at that time, which is when its problems change too. */
  #setTimer(at: number | undefined, now: number): void {
    if (at === this.#timer.at) return;
    clearTimeout(this.#timer.handle);
    const handle =
      at === undefined
        ? undefined
        : setTimeout(
            () => {
              this.#timer = { at: undefined, handle: undefined };
              this.#session.active?.server.refreshProject().catch(this.#notifier.report);
            },
            Math.min(at - now, LONGEST_TIMER),
          );
    this.#timer = { at, handle };
  }
}
