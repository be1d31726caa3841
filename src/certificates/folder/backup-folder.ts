import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../../system/errors.ts';
import { writeNewFile, writeNewFiles, type NewFile } from '../../system/files/replace-file.ts';
import type { ExistingFile } from './files-and-links.ts';

/** The name of a backup: `backup-2026-01-31T09-05-00Z`, and `-2` for the second of one second. */
export const BACKUP = /^backup-(\d{4}-\d\d-\d\d)T([\d-]+)Z(?:-(\d+))?$/;
/** The same as a glob for git. */
export const BACKUP_GLOB = 'backup-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z*';

/** The names of the backups in a certificates folder, the newest first. */
export async function listBackupNames(folder: string): Promise<readonly string[]> {
  const names = await listFolders(folder, BACKUP);
  return names.toSorted(
    (one, other) =>
      dateOf(other).getTime() - dateOf(one).getTime() || countOf(other) - countOf(one),
  );
}

/** The names of the folders in a folder that match a pattern. No link is followed. */
export async function listFolders(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && pattern.test(entry.name))
    .map(({ name }) => name);
}

/** When a backup was made, by its name. */
export function dateOf(backup: string): Date {
  const [, day, time = ''] = BACKUP.exec(backup) ?? [];
  return new Date(`${day}T${time.replaceAll('-', ':')}Z`);
}

function countOf(backup: string): number {
  return Number(BACKUP.exec(backup)?.[3] ?? 1);
}

/**
 * Copies files into a new dated folder (0700, its files 0600).
 *
 * @returns the folder; undefined where there are no files
 */
export async function backUp(
  folder: string,
  files: readonly ExistingFile[],
  now: Date,
): Promise<string | undefined> {
  if (files.length === 0) return undefined;
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  const backup = await makeNewFolder(join(folder, `backup-${stamp}`));
  try {
    const [first, ...others] = files.map(({ path, content }): NewFile => [
      join(backup, basename(path)),
      content,
      0o600,
    ]);
    // The certificate: it says whose a backup is, also one that was broken off.
    if (first) await writeNewFile(...first);
    await writeNewFiles(others);
    await syncFolder(backup);
  } catch (error) {
    await rm(backup, { recursive: true, force: true });
    throw error;
  }
  return backup;
}

/** Two backups within one second get two folders, the later one the higher number. */
async function makeNewFolder(path: string): Promise<string> {
  const start = basename(path);
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(start));
  const taken = names.map((name) => Number(name.slice(start.length + 1) || 1));
  for (let number = Math.max(0, ...taken) + 1; ; number += 1) {
    const candidate = number === 1 ? path : `${path}-${number}`;
    try {
      await mkdir(candidate, { mode: 0o700 });
      return candidate;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** A rename is on the disk only once its folder is. Windows has no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network and container file systems cannot; the files are right all the same.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS', 'EISDIR'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
