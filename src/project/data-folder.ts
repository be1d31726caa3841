import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';

/**
 * The folder in the user's own data directory that the extension and the CLI share: authority
 * keys, private Python environments, the data of local servers.
 */
export function dataFolder(): string {
  return process.env['CHROMA_TLS_DATA_DIR'] ?? envPaths('chroma-tls', { suffix: '' }).data;
}

/** The part of it that belongs to one workspace. */
export function workspaceDataFolder(workspace: string): string {
  return join(dataFolder(), 'workspaces', workspaceId(workspace));
}

/**
 * A name for a workspace folder that is the same for every window and the CLI: 16 hex digits of
 * the SHA-256 of its real path (folded to lower case where the file system does not care).
 */
export function workspaceId(workspace: string): string {
  const path = realpathSync.native(workspace);
  const folded = process.platform === 'win32' ? path.toLowerCase() : path;
  return createHash('sha256').update(folded).digest('hex').slice(0, 16);
}
