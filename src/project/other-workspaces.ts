import { existsSync } from 'node:fs';
import { workspaceId, workspacesFolder } from './data-folder.ts';
import { readLocations } from './workspace-identity.ts';

/** Another folder that this product was used in. */
export interface OtherWorkspace {
  readonly id: string;
  /** Its absolute path. */
  readonly path: string;
}

/** The other folders of this user, as far as they are still where they were. */
export function listOtherWorkspaces(workspace: string): readonly OtherWorkspace[] {
  const own = workspaceId(workspace);
  return readLocations(workspacesFolder()).filter(({ id, path }) => id !== own && existsSync(path));
}
