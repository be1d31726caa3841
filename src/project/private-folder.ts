import { chmod, mkdir } from 'node:fs/promises';
import { ExplainedError, sayWhy, systemCode } from '../system/errors.ts';
import { dataFolder } from './data-folder.ts';

/** Makes a folder of ours that only its owner can enter, narrowing one that others could. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

/** Says what is wrong when the user's data directory refuses us. */
export async function explainUnusable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new ExplainedError(
      {
        code: 'data-folder-not-usable',
        what: `Chroma TLS can keep nothing in ${dataFolder()}.`,
        why: sayWhy(error),
        next: `${isFull ? 'Free some of its disk' : 'Make that folder yours and writable'}, or name another one in CHROMA_TLS_DATA_DIR.`,
      },
      error,
    );
  }
}
