import type { Traits } from '../chroma/version.ts';
import { placeData, targetOf } from './data-mounts.ts';
import { isYamlMap, isYamlSequence, type YamlMap, type YamlValue } from './yaml-text.ts';

/** Variables the seed page sets and no Chroma reads: the real ones take their place. */
const DEAD_VARIABLES = ['CHROMA_OTEL_EXPORTER_ENDPOINT', 'CHROMA_OTEL_EXPORTER_HEADERS'];

/** What would get between Chroma and our way to run it, where we do not set it ourselves. */
const IN_THE_WAY = ['command', 'entrypoint', 'network_mode'];

/**
 * A person's Chroma service with ours in it. What runs it, publishes it and checks it becomes ours;
 * variables, volumes and labels are added to theirs; all else stays. Pure.
 *
 * @param traits of the version that is to run
 */
export function mergeService(
  theirs: YamlMap,
  ours: YamlMap,
  { line, dataPath }: Pick<Traits, 'line' | 'dataPath'>,
): YamlMap {
  const kept = Object.fromEntries(
    Object.entries(theirs).filter(([key]) => !IN_THE_WAY.includes(key) || key in ours),
  );
  // An image that is built here is theirs.
  const { image, restart, logging, ...always } = ours;
  return {
    ...kept,
    ...('build' in theirs || image === undefined ? {} : { image }),
    ...('restart' in theirs || restart === undefined ? {} : { restart }),
    ...('logging' in theirs || logging === undefined ? {} : { logging }),
    ...always,
    environment: mergeNamed(theirs['environment'], ours['environment'], DEAD_VARIABLES),
    labels: mergeNamed(theirs['labels'], ours['labels'], []),
    volumes: mergeVolumes(placeData(theirs, line), ours['volumes'], dataPath),
  };
}

/**
 * Names with values, written as a map or as `NAME=value`; theirs keep their form and order. A name
 * of ours without a value leaves theirs its own.
 */
function mergeNamed(
  theirs: YamlValue | undefined,
  ours: YamlValue | undefined,
  dead: readonly string[],
): YamlValue {
  const wanted = isYamlMap(ours) ? ours : {};
  if (!isYamlSequence(theirs)) {
    const present = isYamlMap(theirs) ? theirs : {};
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

/** Ours are `source:target[:mode]`. A mount of theirs at a target of ours keeps its data. */
function mergeVolumes(
  theirs: readonly YamlValue[],
  ours: YamlValue | undefined,
  dataPath: string,
): YamlValue {
  const wanted = isYamlSequence(ours) ? ours : [];
  const result = [...theirs];
  for (const mount of wanted) {
    const target = targetOf(mount);
    const at = result.findIndex((other) => targetOf(other) === target);
    if (at === -1) result.push(mount);
    else if (target !== dataPath) result[at] = mount;
  }
  return result;
}

function nameOf(item: YamlValue): string {
  return textOf(item).split('=', 1)[0] ?? '';
}

function textOf(value: YamlValue | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
