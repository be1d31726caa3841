import { join } from 'node:path';
import { makePrivateFolder, workspaceDataFolder } from '../../project/data-folder.ts';
import { readIfThere, replaceFile } from '../../system/files/replace-file.ts';
import type { RuntimeKind } from '../server-facts.ts';

/** The runtimes that keep data for a workspace, each in its own location. */
const KEEPERS: readonly RuntimeKind[] = ['docker', 'compose', 'local'];

/**
 * The runtime of a workspace's last start, which has its data. It is written down because an engine
 * that does not run cannot be asked. Undefined before the first start.
 */
export async function readLastRuntime(workspace: string): Promise<RuntimeKind | undefined> {
  const noted = await readIfThere(noteFile(workspace));
  return KEEPERS.find((kind) => kind === noted?.trim());
}

/** @throws as the system does where the data folder cannot be written */
export async function noteRuntime(workspace: string, kind: RuntimeKind): Promise<void> {
  await makePrivateFolder(workspaceDataFolder(workspace));
  await replaceFile(noteFile(workspace), `${kind}\n`, 0o600);
}

function noteFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'runtime');
}
