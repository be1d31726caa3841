import { covers } from '../../data-path.ts';
import {
  describeImage,
  nameGeneration,
  type Generation,
  type Capabilities,
} from '../../version.ts';
import { withDefaults } from './default-values.ts';
import {
  isYamlMap,
  isYamlSequence,
  type YamlMap,
  type YamlValue,
} from '../../../system/yaml/yaml-text.ts';

/** Where each line keeps its data. A volume at the other line's place keeps nothing. */
export type DataPaths = Readonly<Record<Generation, string>>;

/** As the images have it. */
export const DATA_PATHS: Readonly<Record<Generation, Capabilities['dataPath']>> = {
  python: '/chroma/chroma',
  rust: '/data',
};

/**
 * Which line has written the data of a service: that of its image, or, where no version tells, the
 * one that has a volume. None where neither tells. Pure.
 */
export function tellGeneration(
  service: YamlMap,
  paths: DataPaths = DATA_PATHS,
): Generation | undefined {
  const { image } = service;
  const { version, generation: generation } = describeImage(
    typeof image === 'string' ? withDefaults(image) : undefined,
  );
  if (version !== undefined) return generation;
  const having = (['python', 'rust'] as const).filter(
    (candidate) => findData(service, candidate, paths) !== undefined,
  );
  return having.length === 1 ? having[0] : undefined;
}

/** The volume or folder a line's data lies in; none where the service mounts none for it. Pure. */
export function findData(
  service: YamlMap,
  generation: Generation,
  paths: DataPaths = DATA_PATHS,
): string | undefined {
  const mount = mountsOf(service).find((candidate) =>
    covers(targetOf(candidate), paths[generation]),
  );
  return mount === undefined ? undefined : sourceOf(mount);
}

/**
 * What the volume of a line is called: neither line can read what the other has written, so one that
 * is mounted for another purpose is not the one. Pure.
 *
 * @param usual its name where nothing speaks against it
 */
export function nameVolume(
  usual: string,
  service: YamlMap,
  generation: Generation,
  paths: DataPaths = DATA_PATHS,
): string {
  const isTaken = mountsOf(service).some(
    (mount) => sourceOf(mount) === usual && !covers(targetOf(mount), paths[generation]),
  );
  return isTaken ? `${usual}-${nameGeneration(generation)}` : usual;
}

/**
 * The mounts of a service for a line: what lies where that line keeps nothing is moved to where it
 * does, unless it is the other line's data, which stays where it is. Pure.
 */
export function placeData(
  service: YamlMap,
  generation: Generation,
  paths: DataPaths = DATA_PATHS,
): readonly YamlValue[] {
  const mounts = mountsOf(service);
  const hasLocation = findData(service, generation, paths) !== undefined;
  if (hasLocation || (tellGeneration(service, paths) ?? generation) !== generation) return mounts;
  const wrong: readonly string[] = Object.values(DATA_PATHS);
  return mounts.map((mount) =>
    wrong.includes(targetOf(mount)) ? moveTo(mount, paths[generation]) : mount,
  );
}

/** What a mount shows: a volume's name or a folder. */
export function sourceOf(mount: YamlValue): string {
  return isYamlMap(mount) ? textOf(mount['source']) : (splitMount(mount)[1] ?? '');
}

/** Where a mount is seen in the container. */
export function targetOf(mount: YamlValue): string {
  const target = isYamlMap(mount)
    ? textOf(mount['target'])
    : (splitMount(mount)[2] ?? textOf(mount));
  return target.replace(/(?<=.)\/$/, '');
}

/** What a service mounts, as it is written. */
export function mountsOf({ volumes }: YamlMap): readonly YamlValue[] {
  return isYamlSequence(volumes) ? volumes : [];
}

/** `source:target[:mode]`; the source may begin with a drive letter. */
function splitMount(mount: YamlValue): readonly (string | undefined)[] {
  return /^(.+?):(\/[^:]*)(?::[^:/]*)?$/.exec(textOf(mount)) ?? [];
}

function moveTo(mount: YamlValue, target: string): YamlValue {
  if (isYamlMap(mount)) return { ...mount, target };
  return textOf(mount).replace(`:${targetOf(mount)}`, `:${target}`);
}

function textOf(value: YamlValue | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
