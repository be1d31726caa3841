import { readdir } from 'node:fs/promises';
import { systemCode } from '../errors.ts';

/** In the order in which Compose looks for them; it takes the first. */
const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** The file we write where there is none. */
export const NEW_COMPOSE_FILE = 'docker-compose.yml';

/** A file with nothing but ours, beside a person's own. Compose has to be told of it. */
export const SEPARATE_COMPOSE_FILE = 'docker-compose.chroma.yml';

export interface ComposeFiles {
  /** The one Compose takes by itself. */
  readonly main?: string;
  /** Whether there is one of ours beside it. */
  readonly separate: boolean;
}

/** The names of a workspace's Compose files. Nothing is read of what is in them. */
export async function findComposeFiles(workspace: string): Promise<ComposeFiles> {
  const names = await readdir(workspace).catch((error: unknown): readonly string[] => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  });
  const main = COMPOSE_FILES.find((name) => names.includes(name));
  return {
    ...(main === undefined ? {} : { main }),
    separate: names.includes(SEPARATE_COMPOSE_FILE),
  };
}

/** Whether a file of that name is one that Compose, or we, would look for. */
export function isComposeFile(name: string): boolean {
  return name === SEPARATE_COMPOSE_FILE || COMPOSE_FILES.includes(name);
}
