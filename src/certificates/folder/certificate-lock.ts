import { join } from 'node:path';
import {
  workspaceDataFolder,
  explainUnusable,
  makePrivateFolder,
  noteLocation,
} from '../../project/data-folder.ts';
import { readFileLock, takeFileLock } from '../../system/files/file-lock.ts';

/** Milliseconds to wait for another window. */
const PATIENCE = 60_000;

/**
 * Runs work on the certificate of a workspace, which only one window or terminal may do at a time.
 * What the work leaves is to be found again when the folder is renamed, so its location is noted.
 *
 * @throws ExplainedError `generation-busy`, `data-folder-not-usable`
 */
export async function holdLock<T>(workspace: string, work: () => Promise<T>): Promise<T> {
  const folder = workspaceDataFolder(workspace);
  const release = await explainUnusable(async () => {
    await makePrivateFolder(folder);
    return takeFileLock(lockFile(workspace), {
      doing: 'changing the certificate',
      patience: PATIENCE,
      explain: ({ pid }) => ({
        code: 'generation-busy',
        what: 'Another window or terminal is changing the certificate of this workspace.',
        why: `Its process ${pid} did not finish within a minute.`,
        next: 'Wait for it, or close it, then try again.',
      }),
    });
  });
  try {
    await noteLocation(workspace);
    return await work();
  } finally {
    await release();
  }
}

/** Whether somebody is changing the certificate now, so that its files may not match. */
export async function isCertificateBusy(workspace: string): Promise<boolean> {
  return (await readFileLock(lockFile(workspace)).catch(() => undefined)) !== undefined;
}

function lockFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'certificate.lock');
}
