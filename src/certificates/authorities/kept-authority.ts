import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { explainUnusable, workspaceDataFolder } from '../../project/data-folder.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';

/**
 * The certificate of the authority kept for a workspace, without the code that signs.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function readKeptAuthority(workspace: string): Promise<X509Certificate | undefined> {
  const pem = await explainUnusable(() => readIfThere(authorityFile(workspace)));
  return parseCertificates(pem ?? '')[0];
}

/** Where it lies, its certificate and its key in one file. */
export function authorityFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'authority', 'authority.pem');
}
