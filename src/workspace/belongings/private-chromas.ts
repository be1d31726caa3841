import { basename } from 'node:path';
import {
  listPrivateChromas,
  removePrivateChroma,
} from '../../chroma/runtimes/local/private-removal.ts';
import { readLastRuntime } from '../../chroma/runtimes/runtime-choice.ts';
import { listOtherWorkspaces } from '../../project/other-workspaces.ts';
import { measure } from '../../system/files/measure-folder.ts';
import { REMOVED, type Findings, type FoundBelonging } from '../clean-plan.ts';

/** The Chromas that were installed for this user, where no other folder's server may need them. */
export async function findPrivateChromas(workspace: string): Promise<Findings> {
  const folders = await listPrivateChromas();
  if (folders.length === 0) return { found: [], stays: [], unknown: [] };
  for (const { path } of listOtherWorkspaces(workspace)) {
    // Which version a folder runs is known only while it runs, so one such folder keeps all of them.
    if ((await readLastRuntime(path)) !== 'local') continue;
    const names = folders.map((folder) => basename(folder)).join(', ');
    return {
      found: [],
      stays: [`The private Chroma (${names}) stays: ${path} may need it.`],
      unknown: [],
    };
  }
  const found = await Promise.all(
    folders.map(async (folder): Promise<FoundBelonging> => ({
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
    })),
  );
  return { found, stays: [], unknown: [] };
}
