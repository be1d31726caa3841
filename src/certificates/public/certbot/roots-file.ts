import { join } from 'node:path';
import {
  explainUnusable,
  makePrivateFolder,
  workspaceDataFolder,
} from '../../../project/data-folder.ts';
import { splitPem } from '../../encoding/pem-certificates.ts';
import { readSystemRoots } from '../../inspect/system-roots.ts';
import { replaceFile } from '../../../system/files/replace-file.ts';

/**
 * Writes the roots of a directory where certbot can read them, also later, together with those that
 * this machine trusts: certbot takes the file in their place, and what was named may be the root of the
 * certificate alone, with the directory's own TLS on a public one.
 *
 * @param roots PEM
 * @returns the absolute path; undefined where there are none
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function writeRoots(
  workspace: string,
  roots: string | undefined,
): Promise<string | undefined> {
  if (roots === undefined) return undefined;
  const folder = workspaceDataFolder(workspace);
  const file = join(folder, 'certbot-roots.pem');
  await explainUnusable(async () => {
    await makePrivateFolder(folder);
    const all = [...(await readSystemRoots()), ...splitPem(roots)];
    await replaceFile(file, `${all.join('\n')}\n`, 0o644);
  });
  return file;
}
