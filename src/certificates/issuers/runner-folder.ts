import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceDataFolder, explainUnusable } from '../../project/data-folder.ts';

/** Where this machine's OpenSSL works for a workspace: outside of it, because a key lies there. */
export function runnerFolder(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'issuing');
}

/**
 * Removes what OpenSSL worked with, also what a killed one left. Call it under the lock.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function clearRunnerFolder(workspace: string): Promise<void> {
  await explainUnusable(() => rm(runnerFolder(workspace), { recursive: true, force: true }));
}
