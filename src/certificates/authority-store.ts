import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../errors.ts';
import { workspaceDataFolder } from '../project/data-folder.ts';
import { readAuthority, writeAuthority, type Authority } from './authority.ts';
import { moveFile, readIfThere, readSmallFile, replaceFile } from './files.ts';
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
 * Keeps an authority, its folder 0700 and its file 0600, and puts in place what it signed. Where
 * that fails the authority kept before is kept again: what it signed is still there. Certificate
 * and key are one file, so that no crash can leave the one without the other.
 *
 * @throws ExplainedError `data-folder-not-usable`; what `install` throws
 */
export async function keepAuthority<T>(
  workspace: string,
  authority: Authority,
  install: () => Promise<T>,
): Promise<T> {
  const file = authorityFile(workspace);
  const former = `${file}.former`;
  const pem = await writeAuthority(authority);
  const isReplaced = await explainUnusable(async () => {
    await makePrivateFolder(dirname(file));
    const wasThere = await copyIfThere(file, former);
    await replaceFile(file, pem, 0o600);
    return wasThere;
  });
  const installed = await install().catch(async (error: unknown) => {
    await explainUnusable(() => (isReplaced ? moveFile(former, file) : rm(file, { force: true })));
    throw error;
  });
  await rm(former, { force: true });
  return installed;
}

async function copyIfThere(file: string, copy: string): Promise<boolean> {
  const content = await readSmallFile(file).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (content) await replaceFile(copy, content, 0o600);
  return content !== undefined;
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
