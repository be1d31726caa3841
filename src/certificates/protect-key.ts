import { createPrivateKey } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExplainedError } from '../errors.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import type { BundleKey } from './bundle.ts';
import { encryptKey, openEncryptedKey } from './encrypted-key.ts';
import { readExisting } from './existing-pair.ts';
import { certificateFiles, removeUnfinished, replaceFile } from './files.ts';
import { explainUnwritable } from './install-pair.ts';
import { closeCopies } from './key-copies.ts';
import { explainDamaged, explainLocked, readKey } from './key-file.ts';
import { holdLock } from './lock.ts';
import { notePlace } from './note-place.ts';

export interface ProtectRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  /** What opens the key now, where it has a pass phrase. */
  readonly present: string | undefined;
  /** What shall open it from now on; undefined for nothing but the file's mode. */
  readonly next: string | undefined;
}

/**
 * Gives the workspace's key a pass phrase, another one, or none. The key stays the same, so nothing
 * is backed up: a copy of an open key beside the closed one would make it pointless. Where an
 * import has left one, it is closed too.
 *
 * @throws ExplainedError `key-locked`, `key-missing`, `corrupt`, `outside-workspace`,
 *   `certs-not-readable`, `certs-not-writable`, `data-folder-not-usable`, `generation-busy`
 */
export async function protectKey(request: ProtectRequest): Promise<void> {
  const { workspace, folder, next } = request;
  await holdLock(workspace, async () => {
    const { key } = await openPresentKey(request);
    await notePlace(workspace);
    const pem =
      next === undefined
        ? key.export({ type: 'pkcs8', format: 'pem' }).toString()
        : await encryptKey(key, next);
    // It replaces the only copy there is, so it is read back before it does.
    const again = next === undefined ? createPrivateKey(pem) : await openEncryptedKey(pem, next);
    if (!again.equals(key)) throw new Error('The key just written cannot be read back.');
    // A link is followed: in its place a closed key would leave the open one where it leads.
    const file = await realpath(certificateFiles(folder).key);
    await resolveInWorkspace(workspace, file);
    await explainUnwritable(folder, async () => {
      if (next !== undefined) await closeCopies(folder, key, pem);
      await replaceFile(file, pem, 0o600);
      await removeUnfinished(dirname(file));
    });
  });
}

/**
 * The workspace's key, opened, and what opened it where it was closed.
 *
 * @throws ExplainedError `key-locked`, `key-missing`, `corrupt`, `outside-workspace`,
 *   `certs-not-readable`
 */
export async function openPresentKey({
  workspace,
  folder,
  present,
}: Pick<ProtectRequest, 'workspace' | 'folder' | 'present'>): Promise<BundleKey> {
  const { key: path } = certificateFiles(folder);
  const file = (await readExisting(workspace, folder)).find((existing) => existing.path === path);
  if (!file) {
    throw new ExplainedError({
      code: 'key-missing',
      what: 'There is no private key yet.',
      next: 'Generate a certificate, or import one.',
      action: 'generateCertificate',
    });
  }
  const reading = await readKey(file.content.toString(), () => Promise.resolve(present));
  switch (reading.kind) {
    case 'open':
      return reading.encrypted && present !== undefined
        ? { key: reading.key, passPhrase: present }
        : { key: reading.key };
    case 'locked':
      throw explainLocked(reading.message);
    case 'damaged':
      throw explainDamaged(reading.message);
  }
}
