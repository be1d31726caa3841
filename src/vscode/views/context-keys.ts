import { commands, type Disposable } from 'vscode';
import { renderContextKeys, type FolderFacts } from '../model/context-keys.ts';
import type { ActiveFolder, Session } from '../session/session.ts';

const UNKNOWN: FolderFacts = { hasBackups: true, hasRun: true };

/** Sets the keys that the manifest's `when` clauses use, each time one of them changes. */
export function setContextKeys(session: Session): Disposable {
  const set = new Map<string, string | boolean>();
  let facts = UNKNOWN;
  let looked = '';
  const apply = (): void => {
    const keys = renderContextKeys(session.state, facts, Date.now());
    for (const [key, value] of Object.entries(keys)) {
      if (set.get(key) === value) continue;
      set.set(key, value);
      void commands.executeCommand('setContext', key, value);
    }
  };
  const look = async (active: ActiveFolder, subject: string): Promise<void> => {
    const found = await readFolderFacts(active).catch(() => UNKNOWN);
    // Meanwhile another folder was chosen, or something changed in this one.
    if (subject !== looked) return;
    facts = found;
    apply();
  };
  const update = (): void => {
    const { active } = session;
    const subject = active ? nameSubject(active) : '';
    if (subject !== looked) {
      looked = subject;
      if (active) void look(active, subject);
    }
    apply();
  };
  update();
  return session.onDidChange(update);
}

/** The folder, its certificate and its server: with another of them, the folder is looked at again. */
function nameSubject({ folder, server: { snapshot } }: ActiveFolder): string {
  const { certificate, observation, settings } = snapshot;
  return JSON.stringify([
    folder.uri.toString(),
    settings?.settings.certificatesFolder,
    certificate.kind === 'present' ? certificate.facts.fingerprint256 : certificate.kind,
    observation.kind,
  ]);
}

async function readFolderFacts({ folder, open }: ActiveFolder): Promise<FolderFacts> {
  // Loaded once something is shown: a window that comes up waits for neither.
  const [{ listBackupNames }, { readLastRuntime }] = await Promise.all([
    import('../../certificates/folder/backup-folder.ts'),
    import('../../chroma/runtimes/runtime-choice.ts'),
  ]);
  const backups = await listBackupNames((await open()).certificatesFolder);
  const runtime = await readLastRuntime(folder.uri.fsPath);
  return { hasBackups: backups.length > 0, hasRun: runtime !== undefined };
}

/** A user has what a client connects with, or has seen one connect: the walkthrough's third step. */
export function noteConnected(): void {
  void commands.executeCommand('setContext', 'chromaTls.connected', true);
}
