import { covers } from '../chroma/data-path.ts';
import type { Generation } from '../chroma/version.ts';
import { placeData, type DataPaths } from '../chroma/runtimes/compose/service-data.ts';
import { readVariables, targetOf } from '../containers/compose/service-fields.ts';
import {
  isYamlSequence,
  listOf,
  mapOf,
  textOf,
  type YamlMap,
  type YamlValue,
} from '../system/yaml/yaml-value.ts';

/** The cookbook page sets these variables, and no Chroma reads them: the real ones replace them. */
const DEAD_VARIABLES = ['CHROMA_OTEL_EXPORTER_ENDPOINT', 'CHROMA_OTEL_EXPORTER_HEADERS'];

/** What keeps Chroma from running our way, where we do not set it ourselves. */
const IN_THE_WAY = ['command', 'entrypoint', 'network_mode'];

/**
 * A user's Chroma service with ours in it. What runs it, publishes it and checks it becomes ours;
 * variables, volumes and labels are added to theirs; the rest stays. Pure.
 *
 * @param resolved the service as Compose resolves it, from all its files
 * @param options the server generation that will run, and where each keeps its data
 */
export function mergeService(
  theirs: YamlMap,
  ours: YamlMap,
  resolved: YamlMap,
  { generation, dataPaths }: { readonly generation: Generation; readonly dataPaths: DataPaths },
): YamlMap {
  const kept = Object.fromEntries(
    Object.entries(theirs).filter(([key]) => !IN_THE_WAY.includes(key) || key in ours),
  );
  const { image, restart, logging, volumes: mounted, ...always } = ours;
  // Another file of the project has the image.
  const isInherited = !('image' in theirs) && (resolved['image'] === image || 'build' in resolved);
  const isThere = (key: string): boolean => key in theirs || key in resolved;
  const volumes = mergeVolumes(
    placeData(theirs, generation, dataPaths),
    mounted,
    dataPaths[generation],
  );
  return {
    ...kept,
    ...('build' in theirs || image === undefined || isInherited ? {} : { image }),
    ...(isThere('restart') || restart === undefined ? {} : { restart }),
    ...(isThere('logging') || logging === undefined ? {} : { logging }),
    ...always,
    environment: mergeNamed(
      theirs['environment'],
      findMissing(ours['environment'], readVariables(resolved)),
      DEAD_VARIABLES,
    ),
    labels: mergeNamed(theirs['labels'], ours['labels'], []),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

/**
 * Names with values, as a map or as `NAME=value`; theirs keep their form and order. A name of ours
 * without a value changes nothing of theirs.
 */
function mergeNamed(
  theirs: YamlValue | undefined,
  ours: YamlValue | undefined,
  dead: readonly string[],
): YamlValue {
  const wanted = mapOf(ours);
  if (!isYamlSequence(theirs)) {
    const present = mapOf(theirs);
    const kept = Object.entries(present).filter(([name]) => !dead.includes(name));
    const set = Object.entries(wanted).filter(
      ([name, value]) => value !== null || !(name in present),
    );
    return Object.fromEntries([...kept, ...set]);
  }
  const items = theirs.filter((item) => !dead.includes(nameOf(item)));
  const result = [...items];
  for (const [name, value] of Object.entries(wanted)) {
    const at = items.findIndex((item) => nameOf(item) === name);
    const item = value === null ? name : `${name}=${textOf(value)}`;
    if (at === -1) result.push(item);
    else if (value !== null) result[at] = item;
  }
  return result;
}

/**
 * The variables the service lacks. One that resolves to our value stays as it is written, with a
 * variable in it or in an `env_file`; so does one that ours would only pass on.
 */
function findMissing(
  ours: YamlValue | undefined,
  resolved: ReturnType<typeof readVariables>,
): YamlMap {
  return Object.fromEntries(
    Object.entries(mapOf(ours)).filter(
      ([name, value]) =>
        resolved[name] === undefined || (value !== null && resolved[name] !== value),
    ),
  );
}

/** Ours are `source:target[:mode]`. A mount of theirs at a target of ours keeps its data. */
function mergeVolumes(
  theirs: readonly YamlValue[],
  ours: YamlValue | undefined,
  dataPath: string,
): readonly YamlValue[] {
  const result = [...theirs];
  for (const mount of listOf(ours)) {
    const target = targetOf(mount);
    const isData = target === dataPath;
    const at = result
      .map(targetOf)
      .findIndex((other) => (isData ? covers(other, dataPath) : other === target));
    if (at === -1) result.push(mount);
    else if (!isData) result[at] = mount;
  }
  return result;
}

function nameOf(item: YamlValue): string {
  return textOf(item).replace(/=.*/s, '');
}
