import { randomBytes } from 'node:crypto';
import { access, constants, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemCode } from '../errors.ts';
import { isRunning } from '../processes/process-identity.ts';
import { explainNoFile, readSmallFile } from './small-file.ts';

export { readSmallFile };

/**
 * A file's text; undefined where there is no such file.
 *
 * @throws as `readSmallFile` does
 */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readSmallFile(file)).toString('utf8');
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
 * Puts a whole new file in a file's place. Readers see the old text or the new one, never a part,
 * and the file has its mode from the start. Only an ordinary file or a link is replaced, never a
 * folder or a device.
 *
 * @param mode such as 0o600; set from the file's first byte on
 * @throws ExplainedError `not-a-file`; the system's errors
 */
export async function replaceFile(
  file: string,
  content: string | Buffer,
  mode: number,
): Promise<void> {
  const folder = dirname(file);
  const token = randomBytes(6).toString('hex');
  await refuseSpecial(file);
  const fresh = join(folder, `.chroma-tls-${process.pid}-${token}.tmp`);
  try {
    await removeUnfinished(folder);
    await writeNewFile(fresh, content, mode);
    await moveFile(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    // The user knows the file by its own name, not by the other one.
    throw systemCode(error) === undefined ? error : Object.assign(error as Error, { path: file });
  }
}

/**
 * The same, but leaves a file that says it already: writing down to the disk takes a while.
 *
 * @throws as `replaceFile` does
 */
export async function keepFile(file: string, text: string, mode: number): Promise<void> {
  const present = await readIfThere(file).catch(() => undefined);
  if (present !== text) await replaceFile(file, text, mode);
}

/** In place of a pipe, the file would put on the disk a secret that was only passed through. */
async function refuseSpecial(file: string): Promise<void> {
  const facts = await lstat(file).catch(() => undefined);
  if (!facts || facts.isFile() || facts.isSymbolicLink() || facts.isDirectory()) return;
  throw explainNoFile(file);
}

/** A file's name until it is complete, with the number of the process that writes it. */
const UNFINISHED = /^\.chroma-tls-(\d+)-[\da-f]{12}\.tmp$/;
/** Milliseconds. No write takes so long: a process with that number is another one by then. */
const LONGEST_WRITE = 10 * 60_000;

/**
 * Removes what `replaceFile` left in a folder when it was killed: it may be a key. In a folder that
 * is missing or cannot be read, nothing is done.
 */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = UNFINISHED.exec(name)?.[1];
    if (pid === undefined) continue;
    const path = join(folder, name);
    const facts = await lstat(path).catch(() => undefined);
    const isLate = facts !== undefined && Date.now() - facts.mtimeMs > LONGEST_WRITE;
    if (isLate || !isRunning(Number(pid))) await rm(path, { force: true });
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

/** A file to be written, as `writeNewFile` takes it. */
export type NewFile = Parameters<typeof writeNewFile>;

/**
 * The same for several at the same time, which the disk takes together. Where one fails, the others are
 * finished too, so that nothing is written any more while they are removed.
 */
export async function writeNewFiles(files: readonly NewFile[]): Promise<void> {
  const written = await Promise.allSettled(files.map((file) => writeNewFile(...file)));
  for (const outcome of written) if (outcome.status === 'rejected') throw outcome.reason;
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
      await pause(100);
    }
  }
}
