import { randomBytes } from 'node:crypto';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { dataFolder } from '../../../project/data-folder.ts';
import { holdDataLock } from '../../../project/data-lock.ts';
import { systemCode } from '../../../system/errors.ts';
import type { LockOptions } from '../../../system/files/file-lock.ts';
import type { Installation } from './installation.ts';
import {
  completedAt,
  inspectPrivate,
  isEnvironment,
  removePrivate,
  writeComplete,
} from './private-chroma.ts';
import { noteUse, readUses } from './private-chroma-use.ts';

/** The name of a private Chroma: its version, and a part that no other making of it has. */
const NAME = /^chroma-(.+?)(?:-[\da-f]{8})?$/;

/** Milliseconds: one that begins to use it is done sooner, one that installs it is not. */
const REMOVAL_PATIENCE = 3000;

export interface PrivateChroma {
  readonly folder: string;
  readonly version: string;
}

/** A workspace, the version it asks for, and how to wait for another window that installs it. */
export interface Wish {
  readonly workspace: string;
  readonly version: string;
  readonly signal: AbortSignal;
  /** Hears that another window or terminal installs it. */
  readonly waiting: () => void;
}

/** The folder with the private Chromas of all workspaces, named when all were Python environments. */
export function privateChromasFolder(): string {
  return join(dataFolder(), 'python');
}

/** The newest private Chroma that was made for a version, if there is one. */
export async function findPrivateChroma(version: string): Promise<Installation | undefined> {
  return (await findNewest(version))?.installation;
}

/** The private Chroma of a version for a workspace, which is noted to use it; undefined where none is. */
export async function claimPrivateChroma({
  workspace,
  version,
  signal,
}: Omit<Wish, 'waiting'>): Promise<Installation | undefined> {
  if ((await findNewest(version)) === undefined) return undefined;
  return withLock(version, { signal }, () => claim(workspace, version));
}

/**
 * Takes the private Chroma of a version for a workspace, or makes it. A complete one is not touched,
 * because another workspace's server may run from it; what was left half-way is removed. It is made
 * where it stays, because an environment holds its own path, and under a name of its own, so that an
 * installer that outlived its window writes elsewhere.
 *
 * @param make makes it  in a folder that is not there yet
 * @throws what `make` throws; ExplainedError `data-folder-not-usable`; AbortError
 */
export async function takePrivateChroma(
  { workspace, version, signal, waiting }: Wish,
  make: (folder: string) => Promise<Installation>,
): Promise<Installation> {
  return withLock(version, { signal, onWait: waiting }, async () => {
    const there = await claim(workspace, version);
    if (there) return there;
    await removeIncomplete(version);
    const name = `chroma-${version}-${randomBytes(4).toString('hex')}`;
    const folder = join(privateChromasFolder(), name);
    try {
      const made = await make(folder);
      await writeComplete(folder, made);
      await noteUse(workspace, name, 'also');
      return made;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  });
}

/** Under the lock, which a removal takes too. */
async function claim(workspace: string, version: string): Promise<Installation | undefined> {
  const there = await findNewest(version);
  if (there) await noteUse(workspace, basename(there.folder), 'also');
  return there?.installation;
}

/**
 * Notes that a workspace uses one private Chroma or none now, and removes those that no workspace uses.
 *
 * @param using undefined where it runs one that is not private
 * @returns the names of those that were removed
 */
export async function keepUsedOnly(
  workspace: string,
  using: Installation | undefined,
): Promise<readonly string[]> {
  const all = await listPrivateChromas();
  const place = using?.module?.file ?? using?.python ?? '';
  const used = all.find(({ folder }) => place.startsWith(join(folder, '/')));
  await noteUse(workspace, used === undefined ? undefined : basename(used.folder), 'only');
  const removed: string[] = [];
  for (const { folder, version } of all) {
    const name = basename(folder);
    await withLock(version, { patience: -1 }, async () => {
      if ((await completedAt(folder)) === undefined || (await isNeeded(folder))) return;
      await removePrivate(folder);
      removed.push(name);
    }).catch(() => undefined); // In use at this moment, or it cannot be removed: the next start tries again.
  }
  return removed;
}

/**
 * Deletes a private Chroma, unless somebody needs it by now. What is broken off counts as unfinished,
 * and the next install clears it.
 *
 * @param findUser who may run from it: asked while nobody can begin to
 * @returns who that is; undefined where it has gone
 * @throws ExplainedError `install-busy`, `data-folder-not-usable`; AbortError
 */
export async function removePrivateChroma(
  { folder, version }: PrivateChroma,
  findUser: () => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const user = await withLock(version, { signal, patience: REMOVAL_PATIENCE }, async () => {
    const found = await findUser();
    if (found === undefined) await removePrivate(folder);
    return found;
  });
  // Where another one is left, that stays.
  await rmdir(privateChromasFolder()).catch(() => undefined);
  return user;
}

/**
 * Whether a workspace may run from a private Chroma. Old ones are kept until every workspace with a
 * local server has noted what it runs.
 *
 * @param workspaces the data folders of those that count; by default all
 */
export async function isNeeded(folder: string, workspaces?: readonly string[]): Promise<boolean> {
  const { named, isCertain } = await readUses(workspaces);
  if (named.has(basename(folder))) return true;
  return !isCertain && (await isEnvironment(folder));
}

async function findNewest(
  version: string,
): Promise<{ readonly folder: string; readonly installation: Installation } | undefined> {
  const complete: { readonly folder: string; readonly madeAt: number }[] = [];
  for (const { folder, version: its } of await listPrivateChromas()) {
    const madeAt = its === version ? await completedAt(folder) : undefined;
    if (madeAt !== undefined) complete.push({ folder, madeAt });
  }
  for (const { folder } of complete.toSorted((one, other) => other.madeAt - one.madeAt)) {
    const installation = await inspectPrivate(folder);
    if (installation) return { folder, installation };
  }
  return undefined;
}

/** Removes what killed installs have left, of every version that nobody installs now. */
async function removeIncomplete(own: string): Promise<void> {
  for (const { folder, version } of await listPrivateChromas()) {
    if ((await completedAt(folder)) !== undefined) continue;
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
  return holdDataLock(join(privateChromasFolder(), `install-${version}.lock`), options, work);
}

/** The private Chromas of this user, finished or not. */
export async function listPrivateChromas(): Promise<readonly PrivateChroma[]> {
  const all = privateChromasFolder();
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
