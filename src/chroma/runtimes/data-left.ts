import { workspaceDataFolder, workspaceId } from '../../project/data-folder.ts';
import { describeImage } from '../version.ts';
import { Engine } from '../../containers/engine.ts';
import { readCapabilities } from './docker/images.ts';
import { describeDataLeft, findDataVolumes } from './docker/data-volumes.ts';
import { describeFolderLeft, listDataFolders } from './local/data-folders.ts';
import type { RuntimeKind } from '../server-facts.ts';

/**
 * Where the data stays that another server generation wrote than the one of the image; none where no
 * data is left behind. The image of a Compose file is not chosen by a start, so its data is told of
 * when the file is changed.
 *
 * @param containerCommand of the engine the runtime `docker` uses
 */
export async function findDataLeft(
  runtime: RuntimeKind | undefined,
  image: string,
  workspace: string,
  containerCommand: string,
): Promise<string | undefined> {
  switch (runtime) {
    case 'docker':
      return findVolumeLeft(image, workspace, containerCommand);
    case 'local':
      return describeFolderLeft(workspaceDataFolder(workspace), describeImage(image).generation);
    case 'compose':
    case 'external':
    case undefined:
      return undefined;
  }
}

/**
 * Where the data of a runtime lies, for use in a sentence: `in the volume …`.
 *
 * @param containerCommand of the engine the runtime `docker` uses
 */
export async function describeDataLocation(
  runtime: RuntimeKind,
  workspace: string,
  containerCommand: string,
): Promise<string> {
  switch (runtime) {
    case 'docker': {
      const found = findDataVolumes(containerCommand, workspaceId(workspace));
      const names = (await found.catch(() => [])).map(({ name }) => name);
      if (names.length === 0) return 'in its volume';
      return `in the volume${names.length === 1 ? '' : 's'} ${names.join(' and ')}`;
    }
    case 'local': {
      const folder = workspaceDataFolder(workspace);
      return `in ${(await listDataFolders(folder)).join(' and ') || folder}`;
    }
    case 'compose':
      return 'where the Compose file puts it';
    case 'external':
      return 'where that server has it';
  }
}

async function findVolumeLeft(
  image: string,
  workspace: string,
  containerCommand: string,
): Promise<string | undefined> {
  const { capabilities } = await readCapabilities(new Engine(containerCommand), image, image);
  const volumes = await findDataVolumes(containerCommand, workspaceId(workspace));
  return describeDataLeft(capabilities.generation, volumes);
}
