import type { AskPassphrase } from '../certificates/encoding/passphrase.ts';
import type { RestoreResult } from '../certificates/restore-backup.ts';
import { takeCareOf, type Aftercare } from './aftercare.ts';
import { keepPassphrase, type WorkspaceContext } from './context.ts';

export type Restored = RestoreResult & Aftercare;

/**
 * Puts a backup of the certificate back in place, and has the running server take it.
 *
 * @param options.backup the name of the backup; undefined for the newest
 * @param options.ask asked where the key in the backup has another passphrase
 * @throws ExplainedError as `restoreBackup` does; what `ask` throws
 */
export async function restore(
  context: WorkspaceContext,
  options: { readonly backup: string | undefined; readonly ask: AskPassphrase },
): Promise<Restored> {
  const { workspace, certificatesFolder: folder, passphrases } = context;
  // Loaded only now: reading a backup brings libraries that nothing else needs.
  const { restoreBackup } = await import('../certificates/restore-backup.ts');
  const known = (): Promise<string | undefined> => passphrases.read(workspace);
  const result = await restoreBackup({ ...options, workspace, folder, known });
  await keepPassphrase(context, result.passphrase);
  // Stores may trust the authority that went.
  return { ...result, ...(await takeCareOf(context, true)) };
}
