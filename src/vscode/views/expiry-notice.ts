import type { Disposable, Memento } from 'vscode';
import { ours } from '../model/actions.ts';
import { locateCertificates } from '../session/locate-certificates.ts';
import { findExpiryMessage, type ExpiryMessage } from '../model/expiry-message.ts';
import type { Notifier } from '../window/notify.ts';
import type { ActiveFolder, Session } from '../session/session.ts';

/** Where the workspace's memory keeps what has been said. */
const SAID = 'chromaTls.expiryNotices';
/** Certificates come and go; what was said of the last ones is enough to remember. */
const MEMORY = 50;

/**
 * Tells the user once when the certificate comes into its last 30 days, its last 7, and when it
 * has expired. It looks whenever there is something to tell, which the server says of a date too.
 */
export class ExpiryNotice implements Disposable {
  readonly #session: Session;
  readonly #notifier: Notifier;
  readonly #memory: Memento;
  readonly #subscription: Disposable;

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
    this.#subscription.dispose();
  }

  #look(): void {
    const { active } = this.#session;
    const due = active && findExpiryMessage(active.server.snapshot, Date.now());
    if (!due) return;
    const said = this.#memory.get<readonly string[]>(SAID, []);
    if (said.includes(due.id)) return;
    void this.#memory.update(SAID, [...said, due.id].slice(-MEMORY));
    this.#say(active, due).catch(this.#notifier.report);
  }

  async #say(active: ActiveFolder, { message }: ExpiryMessage): Promise<void> {
    const { isMadeHere } = await import('../../certificates/authorities/made-here.ts');
    const madeHere = await isMadeHere(active.folder.uri.fsPath, await locateCertificates(active));
    await (madeHere
      ? this.#notifier.warn(message, ours('chromaTls.generateCertificate', 'Renew'))
      : this.#notifier.warn(
          `${message} It was not made here: get a new one where it came from.`,
          ours('chromaTls.importCertificate'),
        ));
  }
}
