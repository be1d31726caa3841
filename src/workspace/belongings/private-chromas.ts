import { basename, join } from 'node:path';
import { isNeeded } from '../../chroma/runtimes/local/private-chroma-store.ts';
import {
  listPrivateChromas,
  removePrivateChroma,
} from '../../chroma/runtimes/local/private-removal.ts';
import { workspacesFolder } from '../../project/data-folder.ts';
import { listOtherWorkspaces } from '../../project/other-workspaces.ts';
import { measure } from '../../system/files/measure-folder.ts';
import { REMOVED, type Findings, type FoundBelonging } from '../clean-plan.ts';

/** The Chromas that were installed for this user, where no other folder's server may need them. */
export async function findPrivateChromas(workspace: string): Promise<Findings> {
  const others = listOtherWorkspaces(workspace);
  const found: FoundBelonging[] = [];
  const stays: string[] = [];
  for (const folder of await listPrivateChromas()) {
    const user = await findUser(folder, others);
    if (user === undefined) found.push(await describeFound(folder));
    else stays.push(`The private Chroma ${basename(folder)} stays: ${user} may need it.`);
  }
  return { found, stays, unknown: [] };
}

/** The path of another folder that may run from a private Chroma. */
async function findUser(
  folder: string,
  others: ReturnType<typeof listOtherWorkspaces>,
): Promise<string | undefined> {
  for (const { id, path } of others) {
    if (await isNeeded(folder, [join(workspacesFolder(), id)])) return path;
  }
  return undefined;
}

async function describeFound(folder: string): Promise<FoundBelonging> {
  return {
    kind: 'chroma',
    name: 'Private Chroma',
    locations: [folder],
    bytes: await measure(folder),
    how: 'deleted: no other folder needs it',
    isData: false,
    remove: async () => {
      await removePrivateChroma(folder);
      return REMOVED;
    },
  };
}
