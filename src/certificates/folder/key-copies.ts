import { createPrivateKey, type KeyObject } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSmallFile, replaceFile } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { quietly } from '../../system/quietly.ts';
import { isSameKey } from '../encoding/key-type.ts';
import { listBackupNames } from './backup-folder.ts';

/**
 * Encrypts the unencrypted copies of a key in the backups beside it, which an import leaves where the
 * certificate was replaced and its key was not. Other keys are left alone, and no link is followed.
 *
 * @param encrypted the same key, encrypted
 */
export async function encryptCopies(
  folder: string,
  key: KeyObject,
  encrypted: string,
): Promise<void> {
  for (const backup of await listBackupNames(folder)) {
    const copy = certificateFiles(join(folder, backup)).key;
    if (!(await lstat(copy).catch(() => undefined))?.isFile()) continue;
    const content = await readSmallFile(copy).catch(() => undefined);
    if (content && holdsKey(content, key)) await replaceFile(copy, encrypted, 0o600);
  }
}

function holdsKey(pem: Buffer, key: KeyObject): boolean {
  const held = quietly(() => createPrivateKey(pem));
  return held !== undefined && isSameKey(held, key);
}
