import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExplainedError, systemCode } from '../errors.ts';
import { dataFolder, workspaceDataFolder } from '../project/data-folder.ts';
import { readAuthority, writeAuthority, type Authority } from './authority.ts';
import { readIfThere, replaceFile } from './files.ts';

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

/** Makes a folder of ours that only its owner can enter, narrowing one that others could. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

/** Says what is wrong when the user's data directory refuses us. */
export async function explainUnusable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new ExplainedError(
      {
        code: 'data-folder-not-usable',
        what: `The authority's key could not be kept in ${dataFolder()}.`,
        why: error instanceof Error ? `The system says: ${error.message}.` : String(error),
        next: 'Make that folder yours and writable, or name another one in CHROMA_TLS_DATA_DIR.',
      },
      error,
    );
  }
}

function authorityFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'authority', 'authority.pem');
}
