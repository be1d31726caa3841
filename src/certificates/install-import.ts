import { resolveInWorkspace } from '../project/workspace-path.ts';
import { encryptKey } from './encoding/encrypted-key.ts';
import { holdLock } from './folder/certificate-lock.ts';
import { encryptCopies } from './folder/key-copies.ts';
import { installFiles, type Installed } from './folder/replace-files.ts';
import type { ImportPlan } from './import/import-plan.ts';

export interface ImportRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  readonly plan: ImportPlan;
  /** Encrypts the key in its file; without one only the file's mode protects it. */
  readonly passphrase: string | undefined;
  readonly now?: Date;
}

export type ImportResult = Installed;

/**
 * Replaces the workspace's certificate by one from elsewhere. What was there is kept as a dated
 * backup, whole or not.
 *
 * @throws ExplainedError `outside-workspace`, `certs-not-readable`, `certs-not-writable`,
 *   `data-folder-not-usable`, `generation-busy`
 */
export async function installImport(request: ImportRequest): Promise<ImportResult> {
  const { workspace, folder, plan, passphrase, now = new Date() } = request;
  await resolveInWorkspace(workspace, folder);
  const key = passphrase === undefined ? plan.files.key : await encryptKey(plan.key, passphrase);
  return holdLock(workspace, async () => {
    const contents = { ...plan.files, key };
    const installed = await installFiles({ workspace, folder, contents, now });
    if (passphrase !== undefined) await encryptCopies(folder, plan.key, key);
    return installed;
  });
}
