import { randomBytes } from 'node:crypto';
import { access, constants, open, readFile, rename, rm } from 'node:fs/promises';
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
 * Whether a path is there, or may be read, written or run by this process.
 *
 * @param mode such as `constants.W_OK`
 */
export async function isAccessible(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/**
 * Puts a whole new file in a file's place: readers see the old text or the new, never a part, and
 * a key is never wider than its mode, not even for a moment.
 *
 * @param mode such as 0o600; set from the file's first byte on
 */
export async function replaceFile(
  file: string,
  content: string | Buffer,
  mode: number,
): Promise<void> {
  const fresh = join(dirname(file), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeNewFile(fresh, content, mode);
    await moveFile(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/**
 * Writes a file that must not be there yet, down to the disk.
 *
 * @param mode such as 0o600; no umask narrows it, and it holds from the file's first byte on
 */
export async function writeNewFile(
  file: string,
  content: string | Buffer,
  mode: number,
): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    await handle.chmod(mode);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames over whatever is there. */
export async function moveFile(from: string, to: string): Promise<void> {
  for (let patience = 5; ; patience -= 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      // On Windows a virus scanner or a server reading the file holds it for a moment.
      const held = ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '');
      if (process.platform !== 'win32' || !held || patience === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
