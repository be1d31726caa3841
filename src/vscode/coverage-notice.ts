import type { Disposable } from 'vscode';
import type { Snapshot } from '../chroma/status.ts';
import { ours } from './actions.ts';
import { hasLostCoverage } from './coverage.ts';
import { needsRestart } from './next-step.ts';
import type { Notifier } from './notify.ts';
import type { Session } from './session.ts';

/**
 * Tells the person once when the certificate stops covering the domain, whoever changed it: the
 * command, an editor, a checkout.
 */
export class CoverageNotice implements Disposable {
  readonly #subscription: Disposable;
  #last: { readonly folder: string; readonly snapshot: Snapshot } | undefined;

  constructor(session: Session, notifier: Notifier) {
    this.#subscription = session.onDidChange(() => {
      const { active } = session;
      if (!active) return;
      const folder = active.folder.uri.toString();
      const { snapshot } = active.server;
      const before = this.#last?.folder === folder ? this.#last.snapshot : undefined;
      this.#last = { folder, snapshot };
      if (!before || !hasLostCoverage(before, snapshot)) return;
      const button = needsRestart(snapshot)
        ? ours('chromaTls.generateCertificate', 'Regenerate and Restart', { restart: true })
        : ours('chromaTls.generateCertificate', 'Regenerate');
      void notifier.warn(`The certificate does not cover ${snapshot.domain}.`, button);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
