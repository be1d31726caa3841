import { dirname } from 'node:path';
import { removeUnfinished } from '../system/files/replace-file.ts';
import { workspaceDataFolder } from './data-folder.ts';
import type { Settings } from './settings.ts';
import { resolveInWorkspace } from './workspace-path.ts';

/**
 * Removes the unfinished files of killed runs from a workspace and its part of the data folder, such
 * as whole copies of `.env`. What cannot be removed stays, without a failure.
 */
export async function removeLeftovers(
  workspace: string,
  { envFile, certificatesFolder }: Pick<Settings, 'envFile' | 'certificatesFolder'>,
): Promise<void> {
  const folders = [
    () => Promise.resolve(workspace),
    async () => dirname(await resolveInWorkspace(workspace, envFile)),
    () => resolveInWorkspace(workspace, certificatesFolder),
    () => Promise.resolve(workspaceDataFolder(workspace)),
  ];
  for (const find of folders) {
    try {
      await removeUnfinished(await find());
    } catch {
      // The next run tries again.
    }
  }
}
