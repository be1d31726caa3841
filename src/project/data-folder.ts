import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import envPaths from 'env-paths';
import { systemCode } from '../errors.ts';

/**
 * The folder in the user's own data directory that the extension and the CLI share: authority
 * keys, private Python environments, the data of local servers.
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

/** The part of it that belongs to one workspace. */
export function workspaceDataFolder(workspace: string): string {
  return join(dataFolder(), 'workspaces', workspaceId(workspace));
}

/**
 * A name for a workspace folder that is the same for every window and the CLI: 16 hex digits of
 * the SHA-256 of its real path (folded to lower case on Windows, where case tells nothing apart;
 * macOS gives the true case back).
 */
export function workspaceId(workspace: string): string {
  const path = realPathIfThere(workspace);
  const folded = process.platform === 'win32' ? path.toLowerCase() : path;
  return createHash('sha256').update(folded).digest('hex').slice(0, 16);
}

function realPathIfThere(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return resolve(path);
    throw error;
  }
}
