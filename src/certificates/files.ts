import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../errors.ts';

/** The files of a certificates folder; scripts rely on these names. */
export interface CertificateFiles {
  /** The leaf first, then its authority. */
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

export function certificateFiles(folder: string): CertificateFiles {
  return {
    certificate: join(folder, 'servercert.pem'),
    key: join(folder, 'serverkey.pem'),
    ca: join(folder, 'ca.pem'),
  };
}

/** A file's text; undefined where there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * Puts a whole new file in a file's place: readers see the old text or the new, never a part, and
 * a key is never wider than its mode, not even for a moment.
 *
 * @param mode such as 0o600; set from the file's first byte on
 */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const fresh = join(dirname(file), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(fresh, 'wx', mode);
    try {
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
