import { join } from 'node:path';
import { workspaceDataFolder, explainUnusable, makePrivateFolder } from './data-folder.ts';
import { describeLocation, LOCATION } from './workspace-identity.ts';
import { keepFile } from '../system/files/replace-file.ts';

/**
 * Notes which folder a workspace is, so that it is known again once it was renamed. Apart from the data
 * folder, whose file every window of VS Code reads.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function noteLocation(workspace: string): Promise<void> {
  await explainUnusable(async () => {
    const data = workspaceDataFolder(workspace);
    await makePrivateFolder(data);
    await keepFile(join(data, LOCATION), describeLocation(workspace), 0o600);
  });
}
