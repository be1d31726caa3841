import { posix } from 'node:path';
import type { Capabilities } from './version.ts';

/** What of a service or a container says where Chroma keeps its data. */
export interface DataSigns {
  /** The words of its entry point and its command; none where the image's own ones run. */
  readonly words: readonly string[];
  readonly environment: Readonly<Partial<Record<string, string>>>;
}

/** Where that is: in a configuration file where nothing else says it. */
export type DataLocation =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'config'; readonly file: string }
  /** Relative to a folder that only the image knows. */
  | { readonly kind: 'unknown' };

/** What each line reads of its environment. */
export const DATA_VARIABLES = { python: 'PERSIST_DIRECTORY', rust: 'CHROMA_PERSIST_PATH' } as const;

/** The configuration that the image of 1.x starts with. */
export const IMAGE_CONFIG = '/config.yaml';

/** Where the images of 0.x work, and so where a relative path begins. */
const PYTHON_FOLDER = '/chroma';

/**
 * Where Chroma keeps its data, by what runs. Its command counts before its environment, that before
 * its configuration, and the image's default last. Pure.
 */
export function tellDataLocation(
  { words, environment }: DataSigns,
  { generation, dataPath }: Pick<Capabilities, 'generation' | 'dataPath'>,
): DataLocation {
  const said = findOption(words, '--path');
  if (said !== undefined) return absolute(said, generation);
  const set = environment[DATA_VARIABLES[generation]];
  const file = generation === 'rust' ? findConfig(words) : undefined;
  // 1.x reads its environment only along with a configuration.
  if (file === 'none') return { kind: 'unknown' };
  if (set !== undefined && set !== '') return absolute(set, generation);
  return file === undefined ? { kind: 'path', path: dataPath } : { kind: 'config', file };
}

/** Whether what is mounted at a place holds a path. Pure. */
export function covers(target: string, path: string): boolean {
  return `${path}/`.startsWith(`${posix.normalize(target).replace(/\/$/, '')}/`);
}

function absolute(path: string, generation: Capabilities['generation']): DataLocation {
  const trimmed = path.replace(/(?<=.)\/$/, '');
  if (posix.isAbsolute(trimmed)) return { kind: 'path', path: posix.normalize(trimmed) };
  if (generation === 'rust') return { kind: 'unknown' };
  return { kind: 'path', path: posix.join(PYTHON_FOLDER, trimmed) };
}

/** The configuration that 1.x is started with; `none` where its command names another way. */
function findConfig(words: readonly string[]): string | undefined {
  const run = words.indexOf('run');
  if (run === -1) return IMAGE_CONFIG;
  const next = words[run + 1];
  return next === undefined || next.startsWith('-') ? 'none' : next;
}

function findOption(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  if (at !== -1) return words[at + 1];
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}
