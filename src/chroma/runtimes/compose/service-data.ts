import {
  moveMount,
  readMounts,
  readVariables,
  readWords,
  sourceOf,
  targetOf,
} from '../../../containers/compose/service-fields.ts';
import { withDefaults } from '../../../containers/compose/variables.ts';
import { mapOf, textOf, type YamlMap, type YamlValue } from '../../../system/yaml/yaml-value.ts';
import { covers, IMAGE_CONFIG, tellDataLocation } from '../../data-path.ts';
import {
  describeImage,
  nameGeneration,
  type Capabilities,
  type Generation,
} from '../../version.ts';

/** Where each server generation keeps its data. A volume at the other one's place keeps nothing. */
export type DataPaths = Readonly<Record<Generation, string>>;

/** The places in the images. */
export const DATA_PATHS: Readonly<Record<Generation, Capabilities['dataPath']>> = {
  python: '/chroma/chroma',
  rust: '/data',
};

/**
 * Where a service's Chroma keeps its data, for each server generation; undefined where it stands in
 * a configuration that cannot be read here.
 *
 * @param service as Compose resolves it
 * @param readSource the text of a file that is mounted; undefined where it is not there
 */
export async function findDataPaths(
  service: YamlMap,
  readSource: (source: string) => Promise<string | undefined>,
): Promise<Readonly<Record<Generation, string | undefined>>> {
  const signs = {
    words: [...readWords(service['entrypoint']), ...readWords(service['command'])],
    environment: readVariables(service),
  };
  const find = async (generation: Generation): Promise<string | undefined> => {
    const dataPath = DATA_PATHS[generation];
    const location = tellDataLocation(signs, { generation, dataPath });
    if (location.kind === 'path') return location.path;
    if (location.kind === 'unknown') return undefined;
    const mount = readMounts(service).find((candidate) =>
      covers(targetOf(candidate), location.file),
    );
    if (mount === undefined) return location.file === IMAGE_CONFIG ? dataPath : undefined;
    // A folder over it would have to be looked into.
    const text = targetOf(mount) === location.file ? await readSource(sourceOf(mount)) : undefined;
    return text === undefined ? undefined : readPersistPath(text);
  };
  return { python: await find('python'), rust: await find('rust') };
}

/** Where a configuration of 1.x has the data; undefined where it names no absolute path. */
export async function readPersistPath(text: string): Promise<string | undefined> {
  // Loaded only when it is needed.
  const { parseYaml, readYaml } = await import('../../../system/yaml/yaml-document.ts');
  const document = parseYaml(text);
  const path = document.errors.length === 0 ? mapOf(readYaml(document))['persist_path'] : undefined;
  return typeof path === 'string' && path.startsWith('/') ? path : undefined;
}

/**
 * Which server generation has written the data of a service: that of its image, or, where no version
 * tells, the one that has a volume. None where neither tells. Pure.
 */
export function tellServiceGeneration(
  service: YamlMap,
  paths: DataPaths = DATA_PATHS,
): Generation | undefined {
  const { version, generation } = describeImage(withDefaults(textOf(service['image'])));
  if (version !== undefined) return generation;
  const having = (['python', 'rust'] as const).filter(
    (candidate) => findData(service, candidate, paths) !== undefined,
  );
  return having.length === 1 ? having[0] : undefined;
}

/** The volume or folder with a server generation's data; none where the service mounts none. Pure. */
export function findData(
  service: YamlMap,
  generation: Generation,
  paths: DataPaths,
): string | undefined {
  const mount = readMounts(service).find((one) => covers(targetOf(one), paths[generation]));
  return mount === undefined ? undefined : sourceOf(mount);
}

/**
 * The name of a server generation's volume: neither can read what the other has written, so a volume
 * that is mounted for another purpose is not taken. Pure.
 *
 * @param usual its name where that is free
 */
export function nameVolume(
  usual: string,
  service: YamlMap,
  generation: Generation,
  paths: DataPaths,
): string {
  const isTaken = readMounts(service).some(
    (mount) => sourceOf(mount) === usual && !covers(targetOf(mount), paths[generation]),
  );
  return isTaken ? `${usual}-${nameGeneration(generation)}` : usual;
}

/**
 * The mounts of a service for a server generation. A mount where that generation keeps nothing moves
 * to where it does, unless it is the other one's data: that stays. Pure.
 */
export function placeData(
  service: YamlMap,
  generation: Generation,
  paths: DataPaths,
): readonly YamlValue[] {
  const mounts = readMounts(service);
  const hasLocation = findData(service, generation, paths) !== undefined;
  if (hasLocation || (tellServiceGeneration(service, paths) ?? generation) !== generation)
    return mounts;
  const wrong: readonly string[] = Object.values(DATA_PATHS);
  return mounts.map((mount) =>
    wrong.includes(targetOf(mount)) ? moveMount(mount, paths[generation]) : mount,
  );
}
