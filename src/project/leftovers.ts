import { dirname } from 'node:path';
import { removeUnfinished } from '../system/files/replace-file.ts';
import { workspaceDataFolder } from './data-folder.ts';
import type { Settings } from './settings.ts';
import { resolveInWorkspace } from './workspace-path.ts';

/**
 * Removes what runs that were killed while they wrote have left in a workspace and in its part of the
 * data folder: whole copies of `.env`, say. It does what it can; nothing of it is worth a failure.
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
