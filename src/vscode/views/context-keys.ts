import type { Disposable } from 'vscode';
import { commands } from 'vscode';
import { deriveStatus, isExternal } from '../../chroma/status/status.ts';
import type { Session } from '../session/session.ts';
import type { UiState } from '../model/ui-state.ts';

/** The keys that the manifest's `when` clauses go by, all set here and derived from one state. */
export class ContextKeys implements Disposable {
  readonly #subscription: Disposable;
  readonly #set = new Map<string, string | boolean>();

  constructor(session: Session) {
    this.#subscription = session.onDidChange((state) => {
      this.#apply(state);
    });
    this.#apply(session.state);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #apply(state: UiState): void {
    const snapshot = state.kind === 'folder' ? state.snapshot : undefined;
    const keys = {
      'chromaTls.surface': state.kind,
      'chromaTls.state': snapshot ? deriveStatus(snapshot, Date.now()).state : '',
      'chromaTls.external': snapshot !== undefined && isExternal(snapshot),
    };
    for (const [key, value] of Object.entries(keys)) {
      if (this.#set.get(key) === value) continue;
      this.#set.set(key, value);
      void commands.executeCommand('setContext', key, value);
    }
  }
}
