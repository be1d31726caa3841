import { readdir, realpath } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { systemCode } from '../../system/errors.ts';
import { readFromEnvFile } from '../../project/env-file.ts';

/** Compose takes the first of these that is there. */
const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** Compose reads the first of these on top of it. */
const OVERRIDE_FILES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** The file we write where no file is there. */
export const NEW_COMPOSE_FILE = 'docker-compose.yml';

/** Our own file beside the user's. Compose reads it only by `--file`. */
export const SEPARATE_COMPOSE_FILE = 'docker-compose.chroma.yml';

export interface ComposeFiles {
  /** What Compose reads by itself, each on top of the one before; relative to the workspace. */
  readonly files: readonly string[];
  /** Absolute: the paths in the files begin here. */
  readonly folder: string;
  /** Whether our own file is beside them. */
  readonly separate: boolean;
}

/** A workspace's Compose files, by their names alone. */
export async function findComposeFiles(workspace: string): Promise<ComposeFiles> {
  const names = await readdir(workspace).catch((error: unknown): readonly string[] => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  });
  const separate = names.includes(SEPARATE_COMPOSE_FILE);
  const named = await readNamed(workspace, names);
  const [first] = named;
  if (first !== undefined) {
    return { files: named, folder: dirname(resolve(workspace, first)), separate };
  }
  const main = COMPOSE_FILES.find((name) => names.includes(name));
  const override = OVERRIDE_FILES.find((name) => names.includes(name));
  const files = main === undefined ? [] : [main, ...(override === undefined ? [] : [override])];
  return { files, folder: workspace, separate };
}

/** Whether a workspace has a Compose file, its own or ours. */
export async function hasComposeFile(workspace: string): Promise<boolean> {
  const { files, separate } = await findComposeFiles(workspace);
  return files.length > 0 || separate;
}

/** Whether Compose, or we, look for a file of that name. Pure. */
export function isComposeFile(name: string): boolean {
  return [SEPARATE_COMPOSE_FILE, ...COMPOSE_FILES, ...OVERRIDE_FILES, '.env'].includes(name);
}

/**
 * The folders that Compose may name as a workspace's: its own, and that of the files that
 * COMPOSE_FILE names; each as it was reached, and without symbolic links.
 */
export async function listProjectFolders(workspace: string): Promise<readonly string[]> {
  const { folder } = await findComposeFiles(workspace);
  const found = [workspace, folder].map(async (path) => [
    path,
    await realpath(path).catch(() => path),
  ]);
  return [...new Set((await Promise.all(found)).flat())];
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
