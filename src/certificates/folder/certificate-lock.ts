import { join } from 'node:path';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { readFileLock, takeFileLock } from '../../system/files/file-lock.ts';
import { explainUnusable, makePrivateFolder } from '../../project/private-folder.ts';

/** Milliseconds to wait for another window. */
const PATIENCE = 60_000;

/**
 * Runs work on the certificate that only one window or CLI may do at a time for a workspace.
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
        what: 'Another window or terminal is at work on the certificate of this workspace.',
        why: `Its process ${pid} did not finish within a minute.`,
        next: 'Wait for it, or close it, then try again.',
      }),
    });
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Whether somebody is at work on the certificate at this moment, so that half of it may be another. */
export async function isCertificateBusy(workspace: string): Promise<boolean> {
  return (await readFileLock(lockFile(workspace)).catch(() => undefined)) !== undefined;
}

function lockFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'certificate.lock');
}
