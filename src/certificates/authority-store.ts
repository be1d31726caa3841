import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { workspaceDataFolder } from '../project/data-folder.ts';
import { readAuthority, writeAuthority, type Authority } from './authority.ts';
import { readIfThere, replaceFile } from './files.ts';
import { explainUnusable, makePrivateFolder } from './private-folder.ts';

/**
 * The authority kept for a workspace, outside of it: a stolen workspace folder signs nothing.
 * What is damaged counts as none, since a new authority is the cure.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function loadAuthority(workspace: string): Promise<Authority | undefined> {
  const pem = await explainUnusable(() => readIfThere(authorityFile(workspace)));
  return pem === undefined ? undefined : readAuthority(pem).catch(() => undefined);
}

/**
 * Keeps an authority, its folder 0700 and its file 0600. Certificate and key are one file, so that
 * no crash can leave the one without the other.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function keepAuthority(workspace: string, authority: Authority): Promise<void> {
  const pem = await writeAuthority(authority);
  await explainUnusable(async () => {
    const file = authorityFile(workspace);
    await makePrivateFolder(dirname(file));
    await replaceFile(file, pem, 0o600);
  });
}

/**
 * Throws the key of a workspace's authority away; nothing can be signed with it after that.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function forgetAuthority(workspace: string): Promise<void> {
  await explainUnusable(() =>
    rm(dirname(authorityFile(workspace)), { recursive: true, force: true }),
  );
}

function authorityFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'authority', 'authority.pem');
}
