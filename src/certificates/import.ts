import { resolveInWorkspace } from '../project/workspace-path.ts';
import { encryptKey } from './encoding/encrypted-key.ts';
import { readExistingFiles } from './folder/files-and-links.ts';
import { certificateFiles, type CertificateFiles } from '../project/certificate-files.ts';
import type { ImportPlan } from './import/import-plan.ts';
import { installFiles } from './folder/install-files.ts';
import { encryptCopies } from './folder/key-copies.ts';
import { rememberReplaced } from './authorities/known-authorities.ts';
import { holdLock } from './folder/certificate-lock.ts';
import { noteLocation } from '../project/workspace-location.ts';

export interface ImportRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  readonly plan: ImportPlan;
  /** Encrypts the key in its file; without one only the file's mode protects it. */
  readonly passphrase: string | undefined;
  readonly now?: Date;
}

export interface ImportResult {
  readonly files: CertificateFiles;
  /** The folder that keeps what was there before. */
  readonly backup?: string;
}

/**
 * Puts a pair from elsewhere in the place of the workspace's own. What was there is kept as a dated
 * backup, whole or not: who imports has said what shall be there.
 *
 * @throws ExplainedError `outside-workspace`, `certs-not-readable`, `certs-not-writable`,
 *   `data-folder-not-usable`, `generation-busy`
 */
export async function importCertificate(request: ImportRequest): Promise<ImportResult> {
  const { workspace, folder, plan, passphrase, now = new Date() } = request;
  await resolveInWorkspace(workspace, folder);
  const key = passphrase === undefined ? plan.files.key : await encryptKey(plan.key, passphrase);
  return holdLock(workspace, async () => {
    const existing = await readExistingFiles(workspace, folder);
    await noteLocation(workspace);
    const { ca } = certificateFiles(folder);
    const replaced = existing.find(({ path }) => path === ca)?.content;
    // Stores may trust the authority that goes, and nothing else would lead to it afterwards.
    if (replaced !== undefined) await rememberReplaced(workspace, replaced.toString());
    const backup = await installFiles({
      workspace,
      folder,
      existing,
      files: { ...plan.files, key },
      now,
    });
    if (passphrase !== undefined) await encryptCopies(folder, plan.key, key);
    return { files: certificateFiles(folder), ...(backup === undefined ? {} : { backup }) };
  });
}
