import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nameGeneration, type Generation } from '../../version.ts';

/** A server generation cannot read the other's data, so each has its own folder; no start deletes one. */
const FOLDERS: Readonly<Record<Generation, string>> = {
  rust: 'chroma-data',
  python: 'chroma-data-python',
};

/** Their names in a workspace's part of the user's data folder. */
export const DATA_FOLDERS: readonly string[] = Object.values(FOLDERS);

/**
 * The data folder of a server generation, made if it is not there.
 *
 * @param workspaceData absolute path of the workspace's part of the user's data folder
 * @returns with it, what to tell a user who leaves the data of the other generation behind
 */
export async function prepareData(
  workspaceData: string,
  generation: Generation,
): Promise<{ readonly folder: string; readonly left?: string }> {
  const folder = join(workspaceData, FOLDERS[generation]);
  const left = await describeFolderLeft(workspaceData, generation);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return { folder, ...(left === undefined ? {} : { left }) };
}

/**
 * What to tell a user whose data the other server generation wrote; none where no data is left behind.
 *
 * @param workspaceData absolute path of the workspace's part of the user's data folder
 */
export async function describeFolderLeft(
  workspaceData: string,
  generation: Generation,
): Promise<string | undefined> {
  const other: Generation = generation === 'rust' ? 'python' : 'rust';
  const otherFolder = join(workspaceData, FOLDERS[other]);
  if ((await hasData(join(workspaceData, FOLDERS[generation]))) || !(await hasData(otherFolder))) {
    return undefined;
  }
  return `The data of Chroma ${nameGeneration(other)} stays in ${otherFolder}; Chroma ${nameGeneration(generation)} starts with an empty folder of its own.`;
}

/**
 * The folders that hold data, of either generation.
 *
 * @param workspaceData absolute path of the workspace's part of the user's data folder
 */
export async function listDataFolders(workspaceData: string): Promise<readonly string[]> {
  const folders = DATA_FOLDERS.map((name) => join(workspaceData, name));
  const filled = await Promise.all(folders.map(hasData));
  return folders.filter((_, index) => filled[index]);
}

async function hasData(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0;
}
