import { mkdir } from 'node:fs/promises';
import { ExplainedError, systemCode } from '../errors.ts';
import { removeInterrupted, type ExistingFile } from './existing-pair.ts';
import { hideFromGit } from './git-ignore.ts';
import { replacePair, type FreshPair } from './replace-pair.ts';

/**
 * Puts a pair, wherever it is from, into a certificates folder that is made ready for a key. Call
 * it under the lock.
 *
 * @param existing what lies there now; it is backed up
 * @returns the folder of the backup; undefined when there was nothing to keep
 * @throws ExplainedError `certs-not-writable`
 */
export async function installPair(
  folder: string,
  existing: readonly ExistingFile[],
  pair: FreshPair,
  now: Date,
): Promise<string | undefined> {
  return explainUnwritable(folder, async () => {
    await prepareFolder(folder);
    const backup = await replacePair(folder, existing, pair, now);
    await removeInterrupted(folder);
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
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new ExplainedError(
      {
        code: 'certs-not-writable',
        what: `The certificate could not be written into ${folder}.`,
        why: WHY[code] ?? `The system refused it (${code}).`,
        next: 'What was there is unchanged. Correct that, then try again.',
      },
      error,
    );
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full.',
  EDQUOT: 'Your share of the disk is full.',
  EROFS: 'The file system is read-only.',
  EACCES: 'The folder is read-only for you, or belongs to someone else (chown or chmod it).',
  EPERM: 'The folder is read-only for you, or belongs to someone else (chown or chmod it).',
  EEXIST: 'There is a file of that name.',
  ENOTDIR: 'There is a file of that name.',
};
