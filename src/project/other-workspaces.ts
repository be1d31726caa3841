import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceId, workspacesFolder } from './data-folder.ts';
import { readLocations } from './workspace-identity.ts';

/** Another folder that this product was used in. */
export interface OtherWorkspace {
  /** Its absolute path. */
  readonly path: string;
  /** Absolute path of its data folder. */
  readonly data: string;
}

/** The other folders of this user, as far as they are still where they were. */
export function listOtherWorkspaces(workspace: string): readonly OtherWorkspace[] {
  const all = workspacesFolder();
  const own = workspaceId(workspace);
  return readLocations(all)
    .filter(({ id, path }) => id !== own && existsSync(path))
    .map(({ id, path }) => ({ path, data: join(all, id) }));
}
