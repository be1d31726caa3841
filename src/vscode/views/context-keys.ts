import { commands, type Disposable } from 'vscode';
import { deriveStatus } from '../../chroma/status/derive-status.ts';
import { isPaused } from '../../chroma/server-facts.ts';
import { isExternal } from '../../chroma/status/snapshot.ts';
import type { UiState } from '../model/ui-state.ts';
import type { Session } from '../session/session.ts';

/** Sets the keys that the manifest's `when` clauses use, each time one of them changes. */
export function setContextKeys(session: Session): Disposable {
  const set = new Map<string, string | boolean>();
  const apply = (state: UiState): void => {
    const snapshot = state.kind === 'folder' ? state.snapshot : undefined;
    const keys = {
      'chromaTls.uiState': state.kind,
      'chromaTls.state': snapshot ? deriveStatus(snapshot, Date.now()).state : '',
      'chromaTls.paused': snapshot !== undefined && isPaused(snapshot.observation),
      'chromaTls.external': snapshot !== undefined && isExternal(snapshot),
    };
    for (const [key, value] of Object.entries(keys)) {
      if (set.get(key) === value) continue;
      set.set(key, value);
      void commands.executeCommand('setContext', key, value);
    }
  };
  apply(session.state);
  return session.onDidChange(apply);
}
