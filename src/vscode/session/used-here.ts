import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspace, type Disposable, type Memento, type WorkspaceFolder } from 'vscode';
import type { Snapshot } from '../../chroma/status/snapshot.ts';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { SETTING_KEYS } from '../../project/setting-keys.ts';
import { LOCATION } from '../../project/workspace-identity.ts';
import type { Session } from './session.ts';

/** Where the workspace's memory keeps that something of ours was seen in it. */
const USED = 'chromaTls.used';

/**
 * Whether this product was used in a folder that is open, from whatever window or terminal. It runs
 * in every window, so it only asks what costs next to nothing, and reads nothing of the folder's.
 */
export function isUsedHere(memory: Memento): boolean {
  if (memory.get(USED) === true) return true;
  return (workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .some((folder) => isNoted(folder.uri.fsPath) || hasSettings(folder));
}

/** Remembers that a folder has a certificate or a server, wherever its settings put them. */
export class UseNote implements Disposable {
  readonly #subscription: Disposable;

  constructor(session: Session, memory: Memento) {
    this.#subscription = session.onDidChange((state) => {
      if (state.kind !== 'folder' || !hasSomething(state.snapshot)) return;
      if (memory.get(USED) !== true) void memory.update(USED, true);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function hasSomething({ certificate, observation }: Snapshot): boolean {
  if (certificate.kind !== 'none') return true;
  // Of someone else's server it is only taken for granted that it is here, until somebody says so.
  return observation.kind === 'running' ? !observation.server.assumed : observation.kind !== 'none';
}

/** By the certificate at its usual place, or by our own note outside of the folder. */
function isNoted(folder: string): boolean {
  try {
    return (
      existsSync(join(folder, 'certs', 'servercert.pem')) ||
      existsSync(join(workspaceDataFolder(folder), LOCATION))
    );
  } catch {
    return false;
  }
}

/** Whether the folder's own settings, or its workspace's, speak of us. */
function hasSettings({ uri }: WorkspaceFolder): boolean {
  const configuration = workspace.getConfiguration('chromaTls', uri);
  return Object.values(SETTING_KEYS).some((key) => {
    const { workspaceValue, workspaceFolderValue } = configuration.inspect(key) ?? {};
    return workspaceValue !== undefined || workspaceFolderValue !== undefined;
  });
}
