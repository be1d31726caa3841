import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { certificateFiles, OPENSSL_CONFIG } from '../../project/certificate-files.ts';
import { DEFAULT_DOMAIN } from '../../project/domain.ts';
import { foreignFinder } from '../authorities/made-here.ts';
import type { CertificateState } from '../inspect/certificate-state.ts';
import { inspectCertificate } from '../inspect/inspect.ts';
import { dateOf, listBackupNames } from './backup-folder.ts';

/** Backups of a kind (see `removeOldBackups`) that are kept: each holds a private key. */
export const KEPT_BACKUPS = 5;

/** What was in a certificates folder once. */
export interface Backup {
  /** The name of its folder. */
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
  /** When what is in it was replaced. */
  readonly date: Date;
  readonly state: CertificateState;
}

/** The backups of a certificates folder, the newest first, and what is in each. */
export async function listBackups(folder: string): Promise<readonly Backup[]> {
  const names = await listBackupNames(folder);
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const state = await inspectCertificate(path, DEFAULT_DOMAIN);
      return { name, folder: path, date: dateOf(name), state };
    }),
  );
}

/**
 * Removes all backups except the last five of what was made here and the last five of what came from
 * elsewhere, which nobody could make again. A backup with a user's own file in it stays, and so does
 * one that cannot be removed. Call it under the lock, once the latest is whole.
 *
 * @param latest the folder of the newest backup, which stays whatever the clock says
 */
export async function removeOldBackups(
  workspace: string,
  folder: string,
  latest: string,
): Promise<void> {
  const last = basename(latest);
  const names = [last, ...(await listBackupNames(folder)).filter((name) => name !== last)];
  // So few stay, whatever is in them.
  if (names.length <= KEPT_BACKUPS) return;
  const findForeign = foreignFinder(workspace);
  // What cannot be read may be something that nobody can make again.
  const foreign = await Promise.all(
    names.map((name) => findForeign(join(folder, name)).catch(() => true)),
  );
  for (const isForeign of [true, false]) {
    const ofKind = names.filter((_, at) => (foreign[at] !== undefined) === isForeign);
    for (const name of ofKind.slice(KEPT_BACKUPS)) {
      await removeBackup(join(folder, name)).catch(() => undefined);
    }
  }
}

/** Removes a backup, unless there is a file in it that no backup of ours has. */
export async function removeBackup(path: string): Promise<void> {
  const { certificate, key, ca, names } = certificateFiles(path);
  const ours = [certificate, key, ca, names, OPENSSL_CONFIG].map((file) => basename(file));
  const present = await readdir(path);
  if (present.every((name) => ours.includes(name))) await rm(path, { recursive: true });
}
