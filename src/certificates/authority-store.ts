import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceDataFolder } from '../project/data-folder.ts';
import { readAuthority, type Authority } from './authority.ts';
import { readIfThere, replaceFile } from './files.ts';
import { exportKey, toPem } from './profile.ts';

/**
 * The authority kept for a workspace, outside of it: a stolen workspace folder signs nothing.
 * What cannot be read any more counts as none.
 */
export async function loadAuthority(workspace: string): Promise<Authority | undefined> {
  const files = authorityFiles(workspace);
  const [certificate, key] = await Promise.all([
    readIfThere(files.certificate),
    readIfThere(files.key),
  ]);
  if (certificate === undefined || key === undefined) return undefined;
  return readAuthority(certificate, key).catch(() => undefined);
}

/** Keeps an authority, its folder 0700 and its key 0600. */
export async function storeAuthority(workspace: string, authority: Authority): Promise<void> {
  const files = authorityFiles(workspace);
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  await replaceFile(files.key, await exportKey(authority.keys.privateKey), 0o600);
  await replaceFile(files.certificate, toPem(authority.certificate), 0o600);
}

/** Throws the key of a workspace's authority away; nothing can be signed with it after that. */
export async function forgetAuthority(workspace: string): Promise<void> {
  await rm(authorityFiles(workspace).folder, { recursive: true, force: true });
}

function authorityFiles(workspace: string): { folder: string; certificate: string; key: string } {
  const folder = join(workspaceDataFolder(workspace), 'authority');
  return { folder, certificate: join(folder, 'ca.pem'), key: join(folder, 'cakey.pem') };
}
