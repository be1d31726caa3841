import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../../system/errors.ts';
import type { ExistingFile } from './files-and-links.ts';
import { moveFile, replaceFile, writeNewFile } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';

/** The same as they shall be byte by byte; without a `ca`, there is to be none. */
export interface FileContents {
  readonly key: string | Buffer;
  readonly certificate: string | Buffer;
  readonly ca: string | Buffer | undefined;
  readonly config?: { readonly path: string; readonly content: string | Buffer | undefined };
}

/** The name of a backup, as `backUp` gives it: nothing that a user would call a folder of theirs. */
export const BACKUP = /^backup-\d{4}-\d\d-\d\dT[\d-]+Z(-\d+)?$/;
/** The same for git, which knows no more than characters of a kind. */
export const BACKUP_GLOB = 'backup-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z*';

/**
 * Backs up what is there, then puts a fresh pair in its place: all of it, or nothing.
 *
 * The new files lie complete on the disk before the first is moved. The moves are not one step, so
 * a crash between them leaves a mismatched pair, but next to it the staging folder that gives it
 * away (see `refuseBroken`) and the backup of the old pair. The certificate moves last: who watches
 * it finds the rest in place.
 *
 * @returns the folder of the backup; undefined when there was nothing to keep
 */
export async function replaceFiles(
  folder: string,
  existing: readonly ExistingFile[],
  fresh: FileContents,
  now: Date,
): Promise<string | undefined> {
  const files = certificateFiles(folder);
  const staging = join(folder, `.incoming-${randomBytes(6).toString('hex')}`);
  const backup = await backUp(folder, existing, now);
  const moved: string[] = [];
  try {
    await mkdir(staging, { mode: 0o700 });
    const moves = [
      { to: files.key, content: fresh.key, mode: 0o600 },
      { to: files.ca, content: fresh.ca, mode: 0o644 },
      { to: files.certificate, content: fresh.certificate, mode: 0o644 },
    ];
    for (const { to, content, mode } of moves) {
      if (content === undefined) continue;
      await writeNewFile(join(staging, basename(to)), content, mode);
    }
    if (fresh.config) {
      // It may lie on another disk than the folder's, so it is written where it goes.
      const { path, content } = fresh.config;
      moved.push(path);
      if (content === undefined) await rm(path);
      else await replaceFile(path, content, 0o644);
    }
    for (const { to, content } of moves) {
      if (content === undefined) await rm(to, { force: true });
      else await moveFile(join(staging, basename(to)), to);
      moved.push(to);
    }
  } catch (error) {
    // Where putting back fails as well, its error goes up and the backup stays.
    for (const path of moved) {
      const before = existing.find((file) => file.path === path);
      if (before) await putBack(before, path === files.key ? 0o600 : 0o777);
      else await rm(path, { force: true });
    }
    if (backup !== undefined) await rm(backup, { recursive: true, force: true });
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
  await rm(staging, { recursive: true, force: true });
  await syncFolder(folder);
  return backup;
}

/** Copies files into a dated folder (0700, its files 0600) beside them. */
async function backUp(
  folder: string,
  existing: readonly ExistingFile[],
  now: Date,
): Promise<string | undefined> {
  if (existing.length === 0) return undefined;
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  const backup = await makeNewFolder(join(folder, `backup-${stamp}`));
  try {
    for (const { path, content } of existing) {
      await writeNewFile(join(backup, basename(path)), content, 0o600);
    }
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

/** @param widest the mode that a file may have at most */
async function putBack({ path, content, mode, link }: ExistingFile, widest: number): Promise<void> {
  if (link === undefined) return replaceFile(path, content, mode & widest);
  await rm(path, { force: true });
  await symlink(link, path);
}

/** A rename is on the disk only once its folder is; Windows knows no such thing. */
async function syncFolder(folder: string): Promise<void> {
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
