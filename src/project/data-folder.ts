import { chmod, mkdir, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import envPaths from 'env-paths';
import { ExplainedError, sayWhy, systemCode } from '../system/errors.ts';
import { findIdentity } from './workspace-identity.ts';

/**
 * The folder in the user's own data directory that the extension and the CLI share: authority
 * keys, private Chromas, the data of local servers.
 */
export function dataFolder(): string {
  const chosen = process.env['CHROMA_TLS_DATA_DIR'];
  if (chosen) return resolve(chosen);
  if (isOfSnap(process.env['XDG_DATA_HOME'])) return join(homedir(), '.local/share/chroma-tls');
  return envPaths('chroma-tls', { suffix: '' }).data;
}

/**
 * VS Code as a snap hands its extensions a data directory of its own, another with each update
 * (microsoft/vscode#237608); a terminal has the user's.
 */
function isOfSnap(folder: string | undefined): boolean {
  if (process.platform !== 'linux' || !folder) return false;
  return [process.env['SNAP_USER_DATA'], join(homedir(), 'snap')].some(
    (snap) => snap && resolve(folder).startsWith(resolve(snap) + sep),
  );
}

/** Where Node.js keeps our code compiled. */
export function compiledFolder(): string {
  return join(dataFolder(), 'compiled');
}

/** The part of it that belongs to one workspace. */
export function workspaceDataFolder(workspace: string): string {
  return join(workspacesFolder(), workspaceId(workspace));
}

/** The name of a workspace, the same for every window and the CLI (`findIdentity`). */
export function workspaceId(workspace: string): string {
  return findIdentity(workspacesFolder(), workspace);
}

/** The parts of all workspaces, by their absolute paths. */
export async function listWorkspaceData(): Promise<readonly string[]> {
  const names = await readdir(workspacesFolder()).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  return names.map((name) => join(workspacesFolder(), name));
}

/** Where each workspace has its part. */
export function workspacesFolder(): string {
  return join(dataFolder(), 'workspaces');
}

/** Makes a folder of ours that only its owner can enter, narrowing one that others could. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

/**
 * Does work in the user's data folder.
 *
 * @throws ExplainedError `data-folder-not-usable` where the system refuses that; what `work` throws
 */
export async function explainUnusable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const cure = ['ENOSPC', 'EDQUOT'].includes(code)
      ? 'Free some of its disk'
      : 'Make that folder yours and writable';
    throw new ExplainedError(
      {
        code: 'data-folder-not-usable',
        what: `Chroma TLS can keep nothing in ${dataFolder()}.`,
        why: sayWhy(error),
        next: `${cure}, or name another one in CHROMA_TLS_DATA_DIR.`,
      },
      error,
    );
  }
}
