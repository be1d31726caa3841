import { basename } from 'node:path';
import {
  isNeeded,
  listPrivateChromas,
  removePrivateChroma,
  type PrivateChroma,
} from '../../chroma/runtimes/local/private-chroma-store.ts';
import {
  listWorkspaceData,
  workspaceDataFolder,
  workspacesFolder,
} from '../../project/data-folder.ts';
import { readLocations } from '../../project/workspace-identity.ts';
import { ExplainedError } from '../../system/errors.ts';
import { measure } from '../../system/files/measure-folder.ts';
import { REMOVED, type Findings, type FoundBelonging } from '../clean-plan.ts';

/** The Chromas that were installed for this user, where no other folder's server may need them. */
export async function findPrivateChromas(workspace: string): Promise<Findings> {
  const found: FoundBelonging[] = [];
  const stays: string[] = [];
  for (const chroma of await listPrivateChromas()) {
    const user = await findUser(workspace, chroma);
    if (user === undefined) found.push(await describeFound(workspace, chroma));
    else stays.push(`The private Chroma ${basename(chroma.folder)} stays: ${user} may need it.`);
  }
  return { found, stays, unknown: [] };
}

/**
 * The path of another folder that may run from a private Chroma: also of one that is not there, whose
 * server may run all the same.
 */
async function findUser(workspace: string, { folder }: PrivateChroma): Promise<string | undefined> {
  const own = workspaceDataFolder(workspace);
  for (const data of await listWorkspaceData()) {
    if (data === own || !(await isNeeded(folder, [data]))) continue;
    return readLocations(workspacesFolder()).find(({ id }) => id === basename(data))?.path ?? data;
  }
  return undefined;
}

async function describeFound(workspace: string, chroma: PrivateChroma): Promise<FoundBelonging> {
  const { folder } = chroma;
  return {
    kind: 'chroma',
    name: 'Private Chroma',
    locations: [folder],
    bytes: await measure(folder),
    how: 'deleted: no other folder needs it',
    isData: false,
    remove: async ({ signal }) => {
      const user = await removePrivateChroma(chroma, () => findUser(workspace, chroma), signal);
      if (user === undefined) return REMOVED;
      throw new ExplainedError({
        code: 'private-chroma-needed',
        what: `The private Chroma ${basename(folder)} stays.`,
        why: `${user} may need it by now.`,
      });
    },
  };
}
