import { mkdir } from 'node:fs/promises';
import { ExplainedError, sayWhy, systemCode } from '../errors.ts';
import { removeOldBackups } from './backups.ts';
import { removeInterrupted, type ExistingFile } from './existing-pair.ts';
import { hideFromGit } from './git-ignore.ts';
import { replacePair, type PairFiles } from './replace-pair.ts';

/**
 * Puts a pair, wherever it is from, into a certificates folder that is made ready for a key. Call
 * it under the lock. Of the backups the last five are kept.
 *
 * @param existing what lies there now; it is backed up
 * @returns the folder of the backup; undefined when there was nothing to keep
 * @throws ExplainedError `certs-not-writable`
 */
export async function installPair(
  folder: string,
  existing: readonly ExistingFile[],
  pair: PairFiles,
  now: Date,
): Promise<string | undefined> {
  return explainUnwritable(folder, async () => {
    await prepareFolder(folder);
    const backup = await replacePair(folder, existing, pair, now);
    await removeInterrupted(folder);
    if (backup !== undefined) await removeOldBackups(folder, backup);
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
