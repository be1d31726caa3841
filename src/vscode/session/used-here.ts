import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspace, type Disposable, type Memento, type WorkspaceFolder } from 'vscode';
import type { Snapshot } from '../../chroma/status/snapshot.ts';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { SETTING_KEYS } from '../../project/setting-keys.ts';
import { LOCATION } from '../../project/workspace-identity.ts';
import type { Session } from './session.ts';

/** Where the workspace's memory keeps the addresses of folders that have something of ours elsewhere. */
const USED = 'chromaTls.usedFolders';

/**
 * Whether this product is used in a folder that is open, from whatever window or terminal. It runs
 * in every window, so it only asks what costs next to nothing, and reads nothing of the folder's.
 */
export function isUsedHere(memory: Memento): boolean {
  const used = memory.get<readonly string[]>(USED, []);
  return (workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .some(
      (folder) =>
        used.includes(folder.uri.toString()) || isNoted(folder.uri.fsPath) || hasSettings(folder),
    );
}

/**
 * Remembers that a folder has a certificate or a server, wherever its settings put them, for as long
 * as it has: once all is gone, its windows open without us again.
 */
export class UseNote implements Disposable {
  readonly #subscription: Disposable;

  constructor(session: Session, memory: Memento) {
    this.#subscription = session.onDidChange(() => {
      const { active } = session;
      if (!active) return;
      const { snapshot } = active.server;
      // Until everything was read once, or while an engine cannot be asked, nobody knows.
      const isKnown = (snapshot.awaited ?? []).length === 0 && !isDoubtful(snapshot);
      const isUsed = hasSomething(snapshot);
      if (!isUsed && !isKnown) return;
      const folder = active.folder.uri.toString();
      const used = memory.get<readonly string[]>(USED, []);
      const isNeeded = isUsed && !existsSync(usualCertificate(active.folder.uri.fsPath));
      if (used.includes(folder) === isNeeded) return;
      const others = used.filter((one) => one !== folder);
      void memory.update(USED, isNeeded ? [...others, folder] : others);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function isDoubtful({ observation }: Snapshot): boolean {
  return observation.kind === 'none' && observation.unavailable !== undefined;
}

function hasSomething({ certificate, observation }: Snapshot): boolean {
  if (certificate.kind !== 'none') return true;
  // Of someone else's server it is only taken for granted that it is here, until somebody says so.
  return observation.kind === 'running' ? !observation.server.assumed : observation.kind !== 'none';
}

function usualCertificate(folder: string): string {
  return join(folder, 'certs', 'servercert.pem');
}

/** By the certificate at its usual place, or by our own note outside of the folder. */
function isNoted(folder: string): boolean {
  try {
    return (
      existsSync(usualCertificate(folder)) ||
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
