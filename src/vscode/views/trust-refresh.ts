import { Disposable, window } from 'vscode';
import { fingerprintOf } from '../../chroma/status/reduce.ts';
import type { Session } from '../session/session.ts';
import { TERMINAL_NAME } from '../window/terminal.ts';
import type { ServerView } from './tree.ts';

/**
 * Has the trust stores asked when a user looks: as the view comes to be seen, when it shows
 * another certificate, and after a line of ours was run in a terminal. Nothing is asked in between,
 * and nothing before the view was seen.
 */
export class TrustRefresh implements Disposable {
  readonly #session: Session;
  readonly #view: ServerView;
  readonly #failed: (error: unknown) => void;
  readonly #subscriptions: Disposable;
  /** What was asked about last, so that a reading that failed is not tried with every heartbeat. */
  #asked: string | undefined;

  constructor(session: Session, view: ServerView, failed: (error: unknown) => void) {
    this.#session = session;
    this.#view = view;
    this.#failed = failed;
    this.#subscriptions = Disposable.from(
      view.onDidChangeVisibility(() => {
        this.#ask();
      }),
      session.onDidChange(() => {
        if (this.#subject() !== this.#asked) this.#ask();
      }),
      window.onDidEndTerminalShellExecution(({ terminal }) => {
        if (terminal.name === TERMINAL_NAME) this.#ask();
      }),
      window.onDidCloseTerminal(({ name }) => {
        if (name === TERMINAL_NAME) this.#ask();
      }),
    );
    this.#ask();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #ask(): void {
    const subject = this.#subject();
    if (!this.#view.visible || subject === undefined) return;
    this.#asked = subject;
    this.#session.active?.server.refreshTrust().catch(this.#failed);
  }

  /** The folder and its certificate; undefined while there is none to ask about. */
  #subject(): string | undefined {
    const { active } = this.#session;
    const fingerprint = active && fingerprintOf(active.server.snapshot);
    return fingerprint && `${active.folder.uri.toString()} ${fingerprint}`;
  }
}
