import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { authorityFile } from '../../certificates/authorities/kept-authority.ts';
import { holdLock } from '../../certificates/folder/certificate-lock.ts';
import { DATA_FOLDERS, listDataFolders } from '../../chroma/runtimes/local/data-folders.ts';
import { controlPath } from '../../chroma/supervisor/control-socket.ts';
import {
  compiledFolder,
  dataFolder,
  workspaceDataFolder,
  workspacesFolder,
} from '../../project/data-folder.ts';
import { LOCATION } from '../../project/workspace-identity.ts';
import { measure } from '../../system/files/measure-folder.ts';
import { isAccessible } from '../../system/files/replace-file.ts';
import { REMOVED, type Findings, type FoundBelonging, type Removal } from '../clean-plan.ts';

const AUTHORITY = 'authority';
const LOG = /\.log(?:\.\d)?$/;

/** Which folder it is and what ran there: whatever stays elsewhere is found again by these. */
const NOTES = ['runtime', LOCATION];

/** What a folder has in the user's data folder, besides locks and what says whose it is. */
export async function findInDataFolder(workspace: string): Promise<Findings> {
  const folder = workspaceDataFolder(workspace);
  const names = await readdir(folder).catch(() => []);
  const found: FoundBelonging[] = [];
  for (const path of await listDataFolders(folder)) {
    found.push({
      kind: 'data',
      name: 'Data of the local Chroma',
      locations: [path],
      bytes: await measure(path),
      how: 'deleted',
      isData: true,
      remove: () => remove([path]),
    });
  }
  if (await isAccessible(authorityFile(workspace))) {
    const path = join(folder, AUTHORITY);
    found.push({
      kind: 'authority',
      name: 'Key of the authority',
      locations: [path],
      how: 'deleted: it signs nothing any more',
      isData: false,
      remove: () => holdLock(workspace, () => remove([path])),
    });
  }
  const logs = names.filter((name) => LOG.test(name)).map((name) => join(folder, name));
  if (logs.length > 0) {
    const sizes = await Promise.all(logs.map(measure));
    found.push({
      kind: 'logs',
      name: 'Logs',
      locations: logs,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      how: 'deleted',
      isData: false,
      remove: () => remove(logs),
    });
  }
  if (names.some(isRecord)) {
    found.push({
      kind: 'records',
      name: 'Records and orders',
      locations: [folder],
      how: 'deleted',
      isData: false,
      remove: (removal) => holdLock(workspace, () => removeRecords(workspace, folder, removal)),
    });
  }
  return { found, stays: [], unknown: [] };
}

/**
 * Removes what says whose the data folder is, and every folder that is empty by then. Call it only once
 * nothing is left that has its name by it.
 *
 * @param folder absolute path of the workspace's data folder
 */
export async function closeDataFolder(folder: string): Promise<void> {
  for (const name of NOTES) await rm(join(folder, name), { force: true });
  // One that is not empty, or not there, stays as it is.
  for (const path of [folder, workspacesFolder()]) await rmdir(path).catch(() => undefined);
  const others = await readdir(dataFolder()).catch(() => []);
  // Our compiled code, which serves all workspaces, goes with the last of them.
  if (others.some((name) => name !== basename(compiledFolder()))) return;
  await rm(compiledFolder(), { recursive: true, force: true });
  await rmdir(dataFolder()).catch(() => undefined);
}

async function removeRecords(workspace: string, folder: string, { left }: Removal) {
  const isTrusted = left().some(({ kind }) => kind === 'trust');
  // Read again: the end of the server may have written something.
  const names = (await readdir(folder).catch(() => [])).filter(isRecord);
  const gone = names.filter((name) => !(isTrusted && name.startsWith('authorities-')));
  const sockets = (['local', 'proxy'] as const).map((service) => controlPath(workspace, service));
  return remove([...gone.map((name) => join(folder, name)), ...sockets]);
}

function isRecord(name: string): boolean {
  const isOther = [...NOTES, ...DATA_FOLDERS, AUTHORITY].includes(name) || LOG.test(name);
  return !isOther && !/\.lock(?:\.|$)|\.sock$/.test(name);
}

async function remove(paths: readonly string[]): Promise<typeof REMOVED> {
  for (const path of paths) await rm(path, { recursive: true, force: true });
  return REMOVED;
}
