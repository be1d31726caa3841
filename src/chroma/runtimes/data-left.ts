import { workspaceDataFolder, workspaceId } from '../../project/data-folder.ts';
import type { Line } from '../version.ts';
import { describeDataLeft, findDataVolumes } from './docker-volumes.ts';
import { describeFolderLeft } from './local-data.ts';
import type { RuntimeKind } from './runtime.ts';

/**
 * What to tell a person who is about to run another line than the one that wrote their data: where it
 * stays. None where nothing is left behind, or where a start does not choose the image: that of a
 * Compose file changes, and its data is spoken of, when the file does.
 *
 * @param containerCommand of the engine the runtime `docker` uses
 */
export async function findDataLeft(
  runtime: RuntimeKind | undefined,
  line: Line,
  workspace: string,
  containerCommand: string,
): Promise<string | undefined> {
  switch (runtime) {
    case 'docker':
      return describeDataLeft(line, await findDataVolumes(containerCommand, workspaceId(workspace)));
    case 'local':
      return describeFolderLeft(workspaceDataFolder(workspace), line);
    case 'compose':
    case 'external':
    case undefined:
      return undefined;
  }
}
