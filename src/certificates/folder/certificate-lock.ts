import { join } from 'node:path';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { noteLocation } from '../../project/workspace-location.ts';
import { holdDataLock } from '../../project/data-lock.ts';
import { readFileLock, type LockOptions } from '../../system/files/file-lock.ts';

/** Milliseconds to wait for another window. */
const PATIENCE = 60_000;

/**
 * Runs work on the certificate of a workspace, which only one window or terminal may do at a time.
 * What the work leaves is to be found again when the folder is renamed, so its location is noted.
 *
 * @throws ExplainedError `generation-busy`, `data-folder-not-usable`
 */
export async function holdLock<T>(workspace: string, work: () => Promise<T>): Promise<T> {
  const options: LockOptions = {
    doing: 'changing the certificate',
    patience: PATIENCE,
    explain: ({ pid }) => ({
      code: 'generation-busy',
      what: 'Another window or terminal is changing the certificate of this workspace.',
      why: `Its process ${pid} did not finish within a minute.`,
      next: 'Wait for it, or close it, then try again.',
    }),
  };
  return holdDataLock(lockFile(workspace), options, async () => {
    await noteLocation(workspace);
    return work();
  });
}

/** Whether somebody is changing the certificate now, so that its files may not match. */
export async function isCertificateBusy(workspace: string): Promise<boolean> {
  return (await readFileLock(lockFile(workspace)).catch(() => undefined)) !== undefined;
}

function lockFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'certificate.lock');
}
