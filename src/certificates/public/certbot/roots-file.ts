import { join } from 'node:path';
import {
  explainUnusable,
  makePrivateFolder,
  workspaceDataFolder,
} from '../../../project/data-folder.ts';
import { replaceFile } from '../../../system/files/replace-file.ts';

/**
 * Writes the roots of a directory where certbot can read them, also later.
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
    await replaceFile(file, roots, 0o644);
  });
  return file;
}
