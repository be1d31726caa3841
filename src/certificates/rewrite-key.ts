import { createPrivateKey } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { encryptKey, openEncryptedKey } from './encoding/encrypted-key.ts';
import { removeUnfinished, replaceFile } from '../system/files/replace-file.ts';
import { certificateFiles } from '../project/certificate-files.ts';
import { explainUnwritable } from './folder/replace-files.ts';
import { encryptCopies } from './folder/key-copies.ts';
import { openServerKey } from './folder/server-key.ts';
import { holdLock } from './folder/certificate-lock.ts';

export interface ProtectRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  /** The passphrase that the key has now. */
  readonly present: string | undefined;
  /** The passphrase from now on; undefined for none. */
  readonly next: string | undefined;
}

/**
 * Gives the workspace's key a passphrase, another one, or none. The key stays the same, so nothing is
 * backed up: an unencrypted copy would make the passphrase useless. Copies that an import left are
 * encrypted too.
 *
 * @throws ExplainedError `key-locked`, `key-missing`, `corrupt`, `outside-workspace`,
 *   `certs-not-readable`, `certs-not-writable`, `data-folder-not-usable`, `generation-busy`
 */
export async function rewriteKey(request: ProtectRequest): Promise<void> {
  const { workspace, folder, next } = request;
  await holdLock(workspace, async () => {
    const { key } = await openServerKey(request);
    const pem =
      next === undefined
        ? key.export({ type: 'pkcs8', format: 'pem' }).toString()
        : await encryptKey(key, next);
    // It replaces the only copy, so it is read back first.
    const again = next === undefined ? createPrivateKey(pem) : await openEncryptedKey(pem, next);
    if (!again.equals(key)) throw new Error('The new key cannot be read back.');
    // A link is followed: the unencrypted key lies where it leads.
    const file = await realpath(certificateFiles(folder).key);
    await resolveInWorkspace(workspace, file);
    await explainUnwritable(folder, async () => {
      if (next !== undefined) await encryptCopies(folder, key, pem);
      await replaceFile(file, pem, 0o600);
      await removeUnfinished(dirname(file));
    });
  });
}
