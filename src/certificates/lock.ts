import { join } from 'node:path';
import { workspaceDataFolder } from '../project/data-folder.ts';
import { takeFileLock } from '../system/file-lock.ts';
import { explainUnusable, makePrivateFolder } from './private-folder.ts';

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
    return takeFileLock(join(folder, 'certificate.lock'), {
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
