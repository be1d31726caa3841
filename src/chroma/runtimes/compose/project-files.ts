import { readdir } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { systemCode } from '../../../system/errors.ts';
import { readFromEnvFile } from '../../../project/env-file.ts';

/** In the order in which Compose looks for them; it takes the first. */
const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** What Compose reads on top of it, of these too the first. */
const OVERRIDE_FILES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** The file we write where there is none. */
export const NEW_COMPOSE_FILE = 'docker-compose.yml';

/** A file with nothing but ours, beside a user's own. Compose has to be told of it. */
export const SEPARATE_COMPOSE_FILE = 'docker-compose.chroma.yml';

export interface ComposeFiles {
  /** What Compose reads by itself, one on top of the other; relative to the workspace. */
  readonly files: readonly string[];
  /** Absolute: where the paths in them begin. */
  readonly folder: string;
  /** Whether COMPOSE_FILE names them. */
  readonly isNamed: boolean;
  /** Whether there is one of ours beside them. */
  readonly separate: boolean;
}

/** A workspace's Compose files. Nothing is read of what is in them. */
export async function findComposeFiles(workspace: string): Promise<ComposeFiles> {
  const names = await readdir(workspace).catch((error: unknown): readonly string[] => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  });
  const separate = names.includes(SEPARATE_COMPOSE_FILE);
  const named = await readNamed(workspace, names);
  const [first] = named;
  if (first !== undefined) {
    return { files: named, folder: dirname(resolve(workspace, first)), isNamed: true, separate };
  }
  const main = COMPOSE_FILES.find((name) => names.includes(name));
  const override = OVERRIDE_FILES.find((name) => names.includes(name));
  const files = main === undefined ? [] : [main, ...(override === undefined ? [] : [override])];
  return { files, folder: workspace, isNamed: false, separate };
}

/** Whether a file of that name is one that Compose, or we, would look for. */
export function isComposeFile(name: string): boolean {
  return [SEPARATE_COMPOSE_FILE, ...COMPOSE_FILES, ...OVERRIDE_FILES, '.env'].includes(name);
}

/** What COMPOSE_FILE names, in the environment or, as Compose reads it, in `.env`. */
async function readNamed(workspace: string, names: readonly string[]): Promise<readonly string[]> {
  const read = async (key: string): Promise<string | undefined> => {
    const set = process.env[key];
    if (set !== undefined && set !== '') return set;
    return names.includes('.env')
      ? readFromEnvFile(join(workspace, '.env'), key).catch(() => undefined)
      : undefined;
  };
  const value = await read('COMPOSE_FILE');
  if (value === undefined || value === '') return [];
  const separator = (await read('COMPOSE_PATH_SEPARATOR')) ?? delimiter;
  return value.split(separator).filter((name) => name !== '');
}
