import { covers, IMAGE_CONFIG, tellDataLocation, type DataSigns } from '../../data-path.ts';
import type { Generation, Capabilities } from '../../version.ts';
import { DATA_PATHS, mountsOf, sourceOf, targetOf } from './data-mounts.ts';
import { parseYaml, readYaml } from '../../../system/yaml/yaml-patch.ts';
import {
  isYamlMap,
  isYamlSequence,
  type YamlMap,
  type YamlValue,
} from '../../../system/yaml/yaml-text.ts';
import { splitWords } from './shell-words.ts';

/** The same for either line; one that does not run here keeps its data where its image does. */
export async function findDataPaths(
  service: YamlMap,
  readSource: (source: string) => Promise<string | undefined>,
): Promise<Readonly<Record<Generation, string | undefined>>> {
  const find = (generation: Generation): Promise<string | undefined> =>
    findDataPath(service, { generation: generation, dataPath: DATA_PATHS[generation] }, readSource);
  return { python: await find('python'), rust: await find('rust') };
}

/**
 * Where a service's Chroma keeps its data, read from what will run; undefined where that stands in
 * a configuration that cannot be read here.
 *
 * @param service as Compose resolves it
 * @param readSource the text of a file that is mounted; undefined where there is none
 */
async function findDataPath(
  service: YamlMap,
  capabilities: Pick<Capabilities, 'generation' | 'dataPath'>,
  readSource: (source: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const location = tellDataLocation(readSigns(service), capabilities);
  if (location.kind === 'path') return location.path;
  if (location.kind === 'unknown') return undefined;
  const mount = mountsOf(service).find((candidate) => covers(targetOf(candidate), location.file));
  if (mount === undefined)
    return location.file === IMAGE_CONFIG ? capabilities.dataPath : undefined;
  // A folder over it would have to be looked into.
  const text = targetOf(mount) === location.file ? await readSource(sourceOf(mount)) : undefined;
  return text === undefined ? undefined : readPersistPath(text);
}

function readSigns({ command, entrypoint, environment }: YamlMap): DataSigns {
  return {
    words: [...wordsOf(entrypoint), ...wordsOf(command)],
    environment: variablesOf(environment),
  };
}

/** Variables, whichever way they are written; those without a value are left out. */
export function variablesOf(environment: YamlValue | undefined): Readonly<Record<string, string>> {
  const entries = isYamlSequence(environment)
    ? environment.flatMap((item): (readonly [string, string])[] => {
        const [, name, value = ''] = /^([^=]*)=(.*)$/s.exec(textOf(item)) ?? [];
        return name === undefined ? [] : [[name, value]];
      })
    : Object.entries(isYamlMap(environment) ? environment : {})
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, textOf(value)] as const);
  return Object.fromEntries(entries);
}

function wordsOf(command: YamlValue | undefined): readonly string[] {
  return isYamlSequence(command) ? command.map(textOf) : splitWords(textOf(command));
}

/** Where a configuration of 1.x has the data; undefined where it names no absolute path. Pure. */
export function readPersistPath(text: string): string | undefined {
  const document = parseYaml(text);
  const said = document.errors.length === 0 ? readYaml(document) : undefined;
  const path = isYamlMap(said ?? undefined) ? (said as YamlMap)['persist_path'] : undefined;
  return typeof path === 'string' && path.startsWith('/') ? path : undefined;
}

function textOf(value: YamlValue | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
