import { createPrivateKey, type KeyObject } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readSmallFile, replaceFile } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { BACKUP } from './replace-files.ts';

/**
 * Closes the copies of a key that lie open in the backups beside it, where a certificate was
 * replaced and its key was not. Another key's are left alone: they are of no use for this one's.
 *
 * @param encrypted the same key, encrypted
 */
export async function encryptCopies(
  folder: string,
  key: KeyObject,
  encrypted: string,
): Promise<void> {
  for (const copy of await findCopies(folder)) {
    const content = await readSmallFile(copy).catch(() => undefined);
    if (content && holdsKey(content, key)) await replaceFile(copy, encrypted, 0o600);
  }
}

/** Follows no link: where it leads is not ours to change. */
async function findCopies(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const copies: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || !BACKUP.test(entry.name)) continue;
    const copy = join(folder, entry.name, basename(certificateFiles(folder).key));
    const facts = await lstat(copy).catch(() => undefined);
    if (facts?.isFile()) copies.push(copy);
  }
  return copies;
}

function holdsKey(pem: Buffer, key: KeyObject): boolean {
  try {
    return createPrivateKey(pem).equals(key);
  } catch {
    return false;
  }
}
