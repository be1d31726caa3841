import { mkdir } from 'node:fs/promises';
import { ExplainedError, sayWhy, systemCode } from '../../system/errors.ts';
import { removeBackup, removeOldBackups } from './backups.ts';
import { removeInterrupted, type ExistingFile } from './files-and-links.ts';
import { hideFromGit } from './git-ignore.ts';
import { replaceFiles, type FileContents } from './replace-files.ts';

export interface Installation {
  readonly workspace: string;
  /** Absolute path of the certificates folder. */
  readonly folder: string;
  /** What lies there now; it is backed up. */
  readonly existing: readonly ExistingFile[];
  readonly files: FileContents;
  readonly now: Date;
  /** The folder of the backup that the pair is from. In place again it needs none, so that goes. */
  readonly from?: string;
}

/**
 * Puts a pair, wherever it is from, into a certificates folder that is made ready for a key. Call
 * it under the lock. Of the backups the last five are kept (see `removeOldBackups`).
 *
 * @returns the folder of the backup; undefined when there was nothing to keep
 * @throws ExplainedError `certs-not-writable`
 */
export async function installFiles(installation: Installation): Promise<string | undefined> {
  const { workspace, folder, existing, files, now, from } = installation;
  return explainUnwritable(folder, async () => {
    await prepareFolder(folder);
    const backup = await replaceFiles(folder, existing, files, now);
    await removeInterrupted(folder);
    // First, so that it counts no more and pushes none out.
    if (from !== undefined) await removeBackup(from).catch(() => undefined);
    if (backup !== undefined) await removeOldBackups(workspace, folder, backup);
    return backup;
  });
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await hideFromGit(folder);
}

/**
 * Says what is wrong when the certificates folder refuses us.
 *
 * @throws ExplainedError `certs-not-writable`
 */
export async function explainUnwritable<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new ExplainedError(
      {
        code: 'certs-not-writable',
        what: `The certificate could not be written into ${folder}.`,
        why: sayWhy(error),
        next: 'What was there is unchanged. Correct that, then try again.',
      },
      error,
    );
  }
}
