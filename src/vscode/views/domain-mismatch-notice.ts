import type { Disposable } from 'vscode';
import type { Problem } from '../../certificates/inspect/certificate-state.ts';
import type { Snapshot } from '../../chroma/status/status.ts';
import { ours } from '../model/actions.ts';
import { findDomainMismatch } from '../model/domain-mismatch.ts';
import { needsRestart } from '../model/next-step.ts';
import type { Notifier } from '../window/notify.ts';
import type { Session } from '../session/session.ts';

/**
 * Tells the user once when the certificate stops covering the domain, whoever changed it: the
 * command, an editor, a checkout.
 */
export class DomainMismatchNotice implements Disposable {
  readonly #notifier: Notifier;
  readonly #subscription: Disposable;
  #last: { readonly folder: string; readonly snapshot: Snapshot } | undefined;

  constructor(session: Session, notifier: Notifier) {
    this.#notifier = notifier;
    this.#subscription = session.onDidChange(() => {
      const { active } = session;
      if (!active) return;
      const folder = active.folder.uri.toString();
      const { snapshot } = active.server;
      const before = this.#last?.folder === folder ? this.#last.snapshot : undefined;
      this.#last = { folder, snapshot };
      const problem = before && findDomainMismatch(before, snapshot);
      if (problem) this.#tell(problem, snapshot);
    });
  }

  #tell({ code, message }: Problem, snapshot: Snapshot): void {
    if (code === 'invalid-name') {
      // No certificate can be good for it.
      void this.#notifier.warn(message, ours('chromaTls.setDomain', 'Set Domain'));
      return;
    }
    const button = needsRestart(snapshot)
      ? ours('chromaTls.generateCertificate', 'Regenerate and Restart', { restart: true })
      : ours('chromaTls.generateCertificate', 'Regenerate');
    void this.#notifier.warn(`The certificate does not cover ${snapshot.domain}.`, button);
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
