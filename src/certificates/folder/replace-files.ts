import { randomBytes } from 'node:crypto';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { certificateFiles, type CertificateFiles } from '../../project/certificate-files.ts';
import { ExplainedError, sayWhy, systemCode } from '../../system/errors.ts';
import {
  moveFile,
  removeUnfinished,
  replaceFile,
  writeNewFiles,
} from '../../system/files/replace-file.ts';
import { rememberReplaced } from '../authorities/known-authorities.ts';
import { backUp, listFolders, syncFolder } from './backup-folder.ts';
import { removeBackup, removeOldBackups } from './backups.ts';
import { readExistingFiles, type ExistingFile } from './files-and-links.ts';
import { hideFromGit } from './git-ignore.ts';

/** What the files are to hold; without a `ca` or `names`, there will be none. */
export interface FileContents {
  readonly key: string | Buffer;
  readonly certificate: string | Buffer;
  readonly ca: string | Buffer | undefined;
  readonly names?: string | Buffer | undefined;
  readonly config?: ConfigChange | undefined;
}

/** What becomes of `openssl.cnf` in the workspace. */
export interface ConfigChange {
  readonly path: string;
  /** Its new text; undefined to remove it. */
  readonly content: string | Buffer | undefined;
  readonly existing: ExistingFile | undefined;
}

/** What is put into a certificates folder. */
export interface InstalledFiles {
  readonly workspace: string;
  /** Absolute path of the certificates folder. */
  readonly folder: string;
  readonly contents: FileContents;
  readonly now: Date;
  /** The folder of the backup that the contents are from; it is removed, because they are in place. */
  readonly from?: string;
}

/** What became of a certificates folder. */
export interface Installed {
  readonly files: CertificateFiles;
  /** The folder that keeps what was there before. */
  readonly backup?: string;
}

/** The folder in which new files are made ready. One that is still there was interrupted. */
const STAGING = /^\.incoming-[\da-f]{12}$/;

/**
 * Puts a certificate into the workspace. What was there is kept as a dated backup, whole or not, and
 * its authority is remembered. Call it under the lock.
 *
 * @throws ExplainedError `outside-workspace`, `certs-not-readable`, `certs-not-writable`,
 *   `data-folder-not-usable`
 */
export async function installFiles(installation: InstalledFiles): Promise<Installed> {
  const { workspace, folder, contents, now, from } = installation;
  const files = certificateFiles(folder);
  const existing = await readExistingFiles(workspace, folder);
  // Stores may trust the authority that goes, and nothing else would lead to it later.
  const replaced = existing.find(({ path }) => path === files.ca);
  if (replaced) await rememberReplaced(workspace, replaced.content.toString());
  const config = contents.config?.existing;
  return explainUnwritable(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await hideFromGit(folder);
    const all = config ? [...existing, config] : existing;
    const backup = await replaceFiles(folder, all, contents, now);
    for (const leftover of await findInterrupted(folder)) await rm(leftover, { recursive: true });
    await removeUnfinished(folder);
    // First, so that it does not count and pushes no other out.
    if (from !== undefined) await removeBackup(from).catch(() => undefined);
    if (backup === undefined) return { files };
    await removeOldBackups(workspace, folder, backup);
    return { files, backup };
  });
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
        next: 'Nothing was changed: correct that, then try again.',
      },
      error,
    );
  }
}

/** The folders in which an interrupted run was making files ready. */
export async function findInterrupted(folder: string): Promise<readonly string[]> {
  return (await listFolders(folder, STAGING)).map((name) => join(folder, name));
}

/**
 * Backs up what is there, then puts new files in its place: all of them, or none.
 *
 * The new files are complete on the disk before the first is moved. A crash between two moves leaves
 * files that do not match, and beside them the staging folder (see `refuseOverwrite`) and the backup.
 * The certificate moves last: a watcher that sees it finds the rest in place.
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
  const moves = [
    { to: files.key, content: fresh.key, mode: 0o600 },
    { to: files.ca, content: fresh.ca, mode: 0o644 },
    { to: files.names, content: fresh.names, mode: 0o644 },
    { to: files.certificate, content: fresh.certificate, mode: 0o644 },
  ];
  const stage = async (): Promise<void> => {
    await mkdir(staging, { mode: 0o700 });
    await writeNewFiles(
      moves.flatMap(({ to, content, mode }) =>
        content === undefined ? [] : [[join(staging, basename(to)), content, mode]],
      ),
    );
  };
  // The disk takes both together; none is moved before both are on it.
  const [backedUp, staged] = await Promise.allSettled([backUp(folder, existing, now), stage()]);
  const backup = backedUp.status === 'fulfilled' ? backedUp.value : undefined;
  const moved: string[] = [];
  try {
    for (const outcome of [backedUp, staged])
      if (outcome.status === 'rejected') throw outcome.reason;
    if (fresh.config) {
      // It may lie on another disk than the folder, so it is written where it goes.
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
    // Where putting back fails too, its error goes up and the backup stays.
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

/** @param widest the mode that a file may have at most */
async function putBack({ path, content, mode, link }: ExistingFile, widest: number): Promise<void> {
  if (link === undefined) return replaceFile(path, content, mode & widest);
  await rm(path, { force: true });
  await symlink(link, path);
}
