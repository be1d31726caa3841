import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from '../../../project/data-folder.ts';
import { holdDataLock } from '../../../project/data-lock.ts';
import { systemCode } from '../../../system/errors.ts';
import type { LockOptions } from '../../../system/files/file-lock.ts';
import { isAccessible } from '../../../system/files/replace-file.ts';
import { findPython, inspectPython, type Installation } from './installation.ts';

/** Written last: an environment without it was left half-way, by a cancelled install, say. */
const COMPLETE = '.complete';

/** The name of an environment: its version, and a part that no other making of it has. */
const NAME = /^chroma-(.+?)(?:-[\da-f]{8})?$/;

interface Environment {
  readonly folder: string;
  readonly version: string;
}

/** The folder with the private environments of all workspaces. */
export function environmentsFolder(): string {
  return join(dataFolder(), 'python');
}

/** The newest private Python environment with one version of Chroma, if there is one. */
export async function findPrivateEnvironment(version: string): Promise<string | undefined> {
  const complete: { readonly folder: string; readonly madeAt: number }[] = [];
  for (const { folder, version: itsVersion } of await listEnvironments()) {
    if (itsVersion !== version || !(await isComplete(folder))) continue;
    complete.push({ folder, madeAt: (await stat(join(folder, COMPLETE))).mtimeMs });
  }
  return complete.toSorted((one, other) => other.madeAt - one.madeAt)[0]?.folder;
}

/**
 * Makes the environment of a version, unless another window has done so in the meantime. A complete
 * one is never touched, because another workspace's server may run from it; an incomplete one is
 * removed. It is made where it stays, because it holds its own path, and under a name of its own, so
 * that an installer that outlived its window writes elsewhere.
 *
 * @param make makes it in a folder that is not there yet
 * @throws what `make` throws; ExplainedError `data-folder-not-usable`; AbortError
 */
export async function makeOnce(
  version: string,
  how: { readonly signal: AbortSignal; readonly waiting: (progress: string) => void },
  make: (folder: string) => Promise<Installation>,
): Promise<Installation> {
  const onWait = ({ pid }: { readonly pid: number }): void => {
    how.waiting(`waiting for another window or terminal (process ${pid}), which does so`);
  };
  return withLock(version, { signal: how.signal, onWait }, async () => {
    const there = await findPrivateEnvironment(version);
    const python = there === undefined ? undefined : await findPython(there);
    const installed = python === undefined ? undefined : await inspectPython(python);
    if (installed) return installed;
    await removeIncomplete(version);
    const name = `chroma-${version}-${randomBytes(4).toString('hex')}`;
    const folder = join(environmentsFolder(), name);
    try {
      const made = await make(folder);
      await writeFile(join(folder, COMPLETE), '');
      return made;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  });
}

/** Removes what killed installs have left, of every version that nobody installs now. */
async function removeIncomplete(own: string): Promise<void> {
  for (const { folder, version } of await listEnvironments()) {
    if (await isComplete(folder)) continue;
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    // Install even where one cannot be removed now.
    await (version === own ? remove() : withLock(version, { patience: -1 }, remove)).catch(
      () => undefined,
    );
  }
}

async function withLock<Result>(
  version: string,
  how: Pick<LockOptions, 'signal' | 'patience' | 'onWait'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const options: LockOptions = {
    ...how,
    doing: 'installing',
    explain: () => ({
      code: 'install-busy',
      what: 'Another window or terminal installs this Chroma.',
    }),
  };
  return holdDataLock(join(environmentsFolder(), `install-${version}.lock`), options, work);
}

/** One without its Python, which an upgrade of the system's may remove, is of no use any more. */
async function isComplete(folder: string): Promise<boolean> {
  return (await isAccessible(join(folder, COMPLETE))) && (await findPython(folder)) !== undefined;
}

async function listEnvironments(): Promise<readonly Environment[]> {
  const all = environmentsFolder();
  const entries = await readdir(all, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  return entries.flatMap((entry) => {
    const version = NAME.exec(entry.name)?.[1];
    if (!entry.isDirectory() || version === undefined) return [];
    return [{ folder: join(all, entry.name), version }];
  });
}
