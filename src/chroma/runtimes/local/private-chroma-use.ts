import { join } from 'node:path';
import {
  listWorkspaceData,
  makePrivateFolder,
  workspaceDataFolder,
} from '../../../project/data-folder.ts';
import { readIfThere, replaceFile } from '../../../system/files/replace-file.ts';
import { readRuntimeNote } from '../runtime-choice.ts';

/** The file of a workspace's data folder with the names of the private Chromas it uses, one a line. */
const NOTE = 'private-chroma';

export interface Uses {
  /** The names that any workspace notes. */
  readonly named: ReadonlySet<string>;
  /** False where a workspace has had a local server and no note yet, so that it may use any. */
  readonly isCertain: boolean;
}

/**
 * Notes which private Chroma a workspace uses.
 *
 * @param name undefined where it uses none
 * @param how `also`: its server may still run from the one before; `only`: it does not
 */
export async function noteUse(
  workspace: string,
  name: string | undefined,
  how: 'also' | 'only',
): Promise<void> {
  const data = workspaceDataFolder(workspace);
  const before = how === 'also' ? await readNote(data) : [];
  const names = new Set([...(before ?? []), ...(name === undefined ? [] : [name])]);
  await makePrivateFolder(data);
  await replaceFile(join(data, NOTE), [...names, ''].join('\n'), 0o600);
}

/** What workspaces use. @param all their data folders; by default those of all workspaces */
export async function readUses(all?: readonly string[]): Promise<Uses> {
  const named = new Set<string>();
  let isCertain = true;
  for (const data of all ?? (await listWorkspaceData())) {
    const names = await readNote(data);
    for (const name of names ?? []) named.add(name);
    if (names === undefined && (await readRuntimeNote(data)) === 'local') isCertain = false;
  }
  return { named, isCertain };
}

async function readNote(data: string): Promise<readonly string[] | undefined> {
  const text = await readIfThere(join(data, NOTE));
  return text?.split('\n').filter((line) => line !== '');
}
