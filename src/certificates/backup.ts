import { copyFile, chmod, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.ts';

/**
 * Copies what lies in a certificates folder into a dated folder beside it, keys 0600.
 *
 * @returns the new folder; undefined when there was nothing to keep
 */
export async function backUp(
  folder: string,
  files: readonly string[],
  now: Date,
): Promise<string | undefined> {
  if (files.length === 0) return undefined;
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  const backup = await makeFolder(join(folder, `backup-${stamp}`));
  for (const file of files) {
    const copy = join(backup, basename(file));
    await copyFile(file, copy);
    await chmod(copy, 0o600);
  }
  return backup;
}

/** Two backups within one second get two folders. */
async function makeFolder(path: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const candidate = attempt === 1 ? path : `${path}-${attempt}`;
    try {
      await mkdir(candidate, { mode: 0o700 });
      return candidate;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}
