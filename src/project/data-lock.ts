import { dirname } from 'node:path';
import { takeFileLock, type LockOptions } from '../system/files/file-lock.ts';
import { explainUnusable, makePrivateFolder } from './data-folder.ts';

/**
 * Runs work that only one window or terminal may do at a time.
 *
 * @param file the lock, in the user's data folder; its own folder is made where it is missing
 * @throws ExplainedError `data-folder-not-usable`, and what `options.explain` says; AbortError; what
 *   the work throws
 */
export async function holdDataLock<T>(
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const release = await explainUnusable(async () => {
    await makePrivateFolder(dirname(file));
    return takeFileLock(file, options);
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
