import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DEFAULT_DOMAIN } from '../../project/domain.ts';
import { systemCode } from '../../system/errors.ts';
import { CONFIG_FILE } from '../issuers/openssl-config.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { inspectCertificate } from '../inspect/inspect.ts';
import { type CertificateState } from '../inspect/certificate-state.ts';
import { findForeign } from '../authorities/made-here.ts';
import { BACKUP } from './replace-files.ts';

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
  const names = await findBackups(folder);
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const state = await inspectCertificate(path, DEFAULT_DOMAIN);
      return { name, folder: path, date: dateOf(name), state };
    }),
  );
}

/**
 * Removes all but the last five backups of what was made here, and all but the last five of what came
 * from elsewhere: nobody could make that again, so no renewal pushes it out. Call it under the lock,
 * and once the latest is whole. One in which a user put something of theirs stays, and so does one
 * that cannot be removed.
 *
 * @param latest the folder of the one just made, which stays whatever the clock said
 */
export async function removeOldBackups(
  workspace: string,
  folder: string,
  latest: string,
): Promise<void> {
  const last = basename(latest);
  const names = [last, ...(await findBackups(folder)).filter((name) => name !== last)];
  const kinds = await Promise.all(names.map((name) => isForeign(workspace, join(folder, name))));
  for (const kind of [true, false]) {
    for (const name of names.filter((_, at) => kinds[at] === kind).slice(KEPT_BACKUPS)) {
      await removeBackup(join(folder, name)).catch(() => undefined);
    }
  }
}

/** What cannot be told is taken for what cannot be made again. */
async function isForeign(workspace: string, folder: string): Promise<boolean> {
  return findForeign(workspace, folder).then(
    (leaf) => leaf !== undefined,
    () => true,
  );
}

/** Removes a backup, unless there is something in it that no backup of ours has. */
export async function removeBackup(path: string): Promise<void> {
  const { certificate, key, ca } = certificateFiles(path);
  const ours = [certificate, key, ca, CONFIG_FILE].map((file) => basename(file));
  const names = await readdir(path);
  if (names.every((name) => ours.includes(name))) await rm(path, { recursive: true });
}

/** Follows no link: where one leads is not ours. */
async function findBackups(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && BACKUP.test(entry.name))
    .map(({ name }) => name)
    .toSorted(newestFirst);
}

/** Of those of one second the last has the highest number. */
function newestFirst(one: string, other: string): number {
  return dateOf(other).getTime() - dateOf(one).getTime() || countOf(other) - countOf(one);
}

function dateOf(name: string): Date {
  const [, day = '', hours, minutes, seconds] =
    /^backup-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z/.exec(name) ?? [];
  return new Date(`${day}T${hours}:${minutes}:${seconds}Z`);
}

function countOf(name: string): number {
  return Number(/Z-(\d+)$/.exec(name)?.[1] ?? 1);
}
