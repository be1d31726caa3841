import { randomBytes } from 'node:crypto';
import { access, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainUnusable, makePrivateFolder, dataFolder } from '../../../project/data-folder.ts';
import { systemCode } from '../../../system/errors.ts';
import { takeFileLock } from '../../../system/files/file-lock.ts';
import { findPython, inspectPython, type Installation } from './installation.ts';

/** Written last: an environment without it was left half-way, by a cancelled install, say. */
const COMPLETE = '.complete';

/** The name of an environment: which version it has, and which making of it this is. */
const NAME = /^chroma-(.+?)(?:-[\da-f]{8})?$/;

/** The folder with the private environments of all workspaces. */
export function environmentsFolder(): string {
  return join(dataFolder(), 'python');
}

/** The private Python environment with one version of Chroma that was made last, where one was. */
export async function findPrivateEnvironment(version: string): Promise<string | undefined> {
  const complete: { readonly folder: string; readonly madeAt: number }[] = [];
  for (const { folder, version: itsVersion } of await listEnvironments()) {
    if (itsVersion !== version || !(await isComplete(folder))) continue;
    complete.push({ folder, madeAt: (await stat(join(folder, COMPLETE))).mtimeMs });
  }
  return complete.toSorted((one, other) => other.madeAt - one.madeAt)[0]?.folder;
}

/**
 * Makes the environment of a version, unless another window has done so in the meantime. What is
 * complete is never touched, for another workspace's server may run from it; what was left half-way
 * goes. It is made where it stays, since an environment holds its own path, under a name of its own:
 * an installer that outlived its killed window writes elsewhere.
 *
 * @param make makes it in a folder that is not there yet
 * @throws what `make` throws; ExplainedError `data-folder-not-usable`; AbortError
 */
export async function makeOnce(
  version: string,
  {
    signal,
    waiting,
  }: { readonly signal: AbortSignal; readonly waiting: (progress: string) => void },
  make: (folder: string) => Promise<Installation>,
): Promise<Installation> {
  await explainUnusable(() => makePrivateFolder(environmentsFolder()));
  const release = await takeFileLock(lockOf(version), {
    doing: 'installing',
    signal,
    explain: explainBusy,
    onWait: ({ pid }) => {
      waiting(`waiting for another window or terminal (process ${pid}), which does so`);
    },
  });
  try {
    const there = await findPrivateEnvironment(version);
    const python = there === undefined ? undefined : await findPython(there);
    const installed = python === undefined ? undefined : await inspectPython(python);
    if (installed) return installed;
    await clearLeftovers(version);
    return await makeWhole(version, make);
  } finally {
    await release();
  }
}

async function makeWhole(
  version: string,
  make: (folder: string) => Promise<Installation>,
): Promise<Installation> {
  const name = `chroma-${version}-${randomBytes(4).toString('hex')}`;
  const folder = join(environmentsFolder(), name);
  try {
    const installed = await make(folder);
    await writeFile(join(folder, COMPLETE), '');
    return installed;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what installs that were killed have left, of whichever version nobody installs now. */
async function clearLeftovers(own: string): Promise<void> {
  for (const { folder, version } of await listEnvironments()) {
    if (await isComplete(folder)) continue;
    // One that cannot be removed now is no reason not to install.
    if (version === own) await remove(folder);
    else await inTurn(version, () => remove(folder)).catch(() => undefined);
  }
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** @throws where somebody holds that version's lock */
async function inTurn(version: string, work: () => Promise<void>): Promise<void> {
  const how = { doing: 'installing', patience: -1, explain: explainBusy };
  const release = await takeFileLock(lockOf(version), how);
  try {
    await work();
  } finally {
    await release();
  }
}

/** One whose Python is gone, after an upgrade of the system's, say, serves nobody any more. */
async function isComplete(folder: string): Promise<boolean> {
  const isMarked = await access(join(folder, COMPLETE)).then(
    () => true,
    () => false,
  );
  return isMarked && (await findPython(folder)) !== undefined;
}

async function listEnvironments(): Promise<
  readonly { readonly folder: string; readonly version: string }[]
> {
  const entries = await readdir(environmentsFolder(), { withFileTypes: true }).catch(
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    },
  );
  return entries.flatMap((entry) => {
    const version = NAME.exec(entry.name)?.[1];
    if (!entry.isDirectory() || version === undefined) return [];
    return [{ folder: join(environmentsFolder(), entry.name), version }];
  });
}

function lockOf(version: string): string {
  return join(environmentsFolder(), `install-${version}.lock`);
}

function explainBusy(): { readonly code: string; readonly what: string } {
  return { code: 'install-busy', what: 'Another window or terminal installs this Chroma.' };
}
