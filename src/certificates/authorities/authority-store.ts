import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../system/errors.ts';
import { quietly } from '../../system/quietly.ts';
import { explainUnusable, makePrivateFolder } from '../../project/data-folder.ts';
import { readAuthority, writeAuthority } from '../issue/authority.ts';
import type { Authority } from '../issue/issuer.ts';
import { fingerprintOfPem } from '../encoding/pem-certificates.ts';
import { authorityFile } from './kept-authority.ts';
import { clearRunnerFolder } from '../issuers/runner-folder.ts';
import {
  moveFile,
  readIfThere,
  readSmallFile,
  removeUnfinished,
  replaceFile,
} from '../../system/files/replace-file.ts';

/**
 * The authority kept for a workspace, outside of it, so that a stolen workspace folder signs nothing.
 * A damaged one counts as none, because a new authority is the cure.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function loadAuthority(workspace: string): Promise<Authority | undefined> {
  const pem = await explainUnusable(() => readIfThere(authorityFile(workspace)));
  return pem === undefined ? undefined : quietly(() => readAuthority(pem));
}

/**
 * Keeps an authority, its folder 0700 and its file 0600, and installs what it signed. If that fails,
 * the former authority is put back, because what it signed is still in place. Certificate and key are
 * one file, so that a crash leaves both or none.
 *
 * @throws ExplainedError `data-folder-not-usable`; what `install` throws
 */
export async function keepAuthority<T>(
  workspace: string,
  authority: Authority,
  install: () => Promise<T>,
): Promise<T> {
  const file = authorityFile(workspace);
  const former = formerFile(file);
  const pem = writeAuthority(authority);
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

/**
 * Undoes what a crash left unfinished: an authority that has not signed anything yet is replaced by the
 * former one, and no other copy of a key stays. Call it under the lock.
 *
 * @param current fingerprint of the authority in ca.pem, where there is one
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function settleInterrupted(
  workspace: string,
  current: string | undefined,
): Promise<void> {
  const file = authorityFile(workspace);
  const former = formerFile(file);
  await explainUnusable(async () => {
    await clearRunnerFolder(workspace);
    await removeUnfinished(dirname(file));
    const pem = await readIfThere(former);
    if (pem !== undefined && current !== undefined && fingerprintOfPem(pem) === current) {
      await moveFile(former, file);
    }
    await rm(former, { force: true });
  });
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
 * Deletes the authority of a workspace, so that nothing can be signed with it any more.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function forgetAuthority(workspace: string): Promise<void> {
  await clearRunnerFolder(workspace);
  await explainUnusable(() =>
    rm(dirname(authorityFile(workspace)), { recursive: true, force: true }),
  );
}

/** Where the former one is kept until what the new one signed is in place. */
function formerFile(file: string): string {
  return `${file}.former`;
}
