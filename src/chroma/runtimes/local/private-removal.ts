import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../../system/errors.ts';
import { removePrivate } from './private-chroma.ts';
import { privateChromasFolder } from './private-chroma-store.ts';

/** The folders of all private Chromas of this user, finished or not. */
export async function listPrivateChromas(): Promise<readonly string[]> {
  const all = privateChromasFolder();
  const entries = await readdir(all, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('chroma-'))
    .map(({ name }) => join(all, name));
}

/** Deletes a private Chroma. What is broken off counts as unfinished, and the next install clears it. */
export async function removePrivateChroma(folder: string): Promise<void> {
  await removePrivate(folder);
  // Where another one is left, that stays.
  await rmdir(privateChromasFolder()).catch(() => undefined);
}
