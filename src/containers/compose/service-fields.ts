import {
  isYamlMap,
  isYamlSequence,
  listOf,
  mapOf,
  textOf,
  type YamlMap,
  type YamlValue,
} from '../../system/yaml/yaml-value.ts';
import { splitWords } from './shell-words.ts';

/** The labels of a service, written as a map or as `NAME=value`. Pure. */
export function readLabels({ labels }: YamlMap): Readonly<Partial<Record<string, string>>> {
  return Object.fromEntries(readNamed(labels).map(([name, value]) => [name, value ?? '']));
}

/** The variables of a service, without those that have no value. Pure. */
export function readVariables({ environment }: YamlMap): Readonly<Partial<Record<string, string>>> {
  return Object.fromEntries(
    readNamed(environment).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

/** The services without which one is not started. Pure. */
export function readDependencies({ depends_on: services }: YamlMap): readonly string[] {
  return isYamlSequence(services) ? services.map(textOf) : Object.keys(mapOf(services));
}

/** The words of a command, written as a list or as one text. Pure. */
export function readWords(command: YamlValue | undefined): readonly string[] {
  return isYamlSequence(command) ? command.map(textOf) : splitWords(textOf(command));
}

/** What a service mounts, as it is written. Pure. */
export function readMounts({ volumes }: YamlMap): readonly YamlValue[] {
  return listOf(volumes);
}

/** What a mount shows: the name of a volume, or a folder. Pure. */
export function sourceOf(mount: YamlValue): string {
  return isYamlMap(mount) ? textOf(mount['source']) : (splitMount(mount)[1] ?? '');
}

/** Where a mount is in the container. Pure. */
export function targetOf(mount: YamlValue): string {
  const target = isYamlMap(mount)
    ? textOf(mount['target'])
    : (splitMount(mount)[2] ?? textOf(mount));
  return target.replace(/(?<=.)\/$/, '');
}

/** A mount at another place in the container. Pure. */
export function moveMount(mount: YamlValue, target: string): YamlValue {
  if (isYamlMap(mount)) return { ...mount, target };
  return textOf(mount).replace(`:${targetOf(mount)}`, `:${target}`);
}

/** `source:target[:mode]`; the source may begin with a drive letter. */
function splitMount(mount: YamlValue): readonly (string | undefined)[] {
  return /^(.+?):(\/[^:]*)(?::[^:/]*)?$/.exec(textOf(mount)) ?? [];
}

/** Names with values; null for a name without one. */
function readNamed(value: YamlValue | undefined): readonly (readonly [string, string | null])[] {
  if (!isYamlSequence(value)) {
    return Object.entries(mapOf(value)).map(([name, item]) => [
      name,
      item === null ? null : textOf(item),
    ]);
  }
  return value.map((item) => {
    const [name = '', ...rest] = textOf(item).split('=');
    return [name, rest.length === 0 ? null : rest.join('=')];
  });
}
