import type { X509Certificate } from 'node:crypto';
import { readdir, realpath, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { dataFolder, workspaceDataFolder, workspaceId } from '../project/data-folder.ts';
import { parseChain } from './chain.ts';
import { certificateFiles, isAccessible, readIfThere, replaceFile } from './files.ts';
import { authoritiesFolder, fileName } from './known-authorities.ts';
import { explainUnusable, makePrivateFolder } from './private-folder.ts';

/** The file of a workspace's data folder that says where the workspace is. */
const PLACE = 'place';

/** What is taken over, in order: the last one is what a former data folder is found by. */
const BELONGINGS = /^(authorities-(accepted|added-to-.+)|authority|authorities-made)$/;

/**
 * Has a workspace keep its authority when its folder is renamed or moved. Data folders go by the
 * path, so the path is noted in them, and what was kept under the former one is taken over.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function followMove(workspace: string, folder: string): Promise<void> {
  const ca = await readIfThere(certificateFiles(folder).ca).catch(() => undefined);
  const [certificate] = parseChain(ca ?? '');
  await explainUnusable(async () => {
    const own = workspaceDataFolder(workspace);
    await makePrivateFolder(own);
    await replaceFile(join(own, PLACE), await realpath(workspace), 0o600);
    const former = certificate && (await findFormerData(workspace, certificate));
    if (former === undefined) return;
    const names = (await readdir(former)).filter((name) => BELONGINGS.test(name));
    const last = (name: string): boolean => name === 'authorities-made';
    for (const name of [...names.filter((one) => !last(one)), ...names.filter(last)]) {
      await moveFiles(join(former, name), join(own, name));
    }
  });
}

/**
 * The data folder in which the authority of ca.pem was made, where it is not this workspace's and
 * its own workspace is not there any more. A copy of a workspace that is there takes nothing away.
 */
export async function findFormerData(
  workspace: string,
  certificate: X509Certificate,
): Promise<string | undefined> {
  const isMadeIn = (made: string): Promise<boolean> =>
    isAccessible(join(made, fileName(certificate)));
  if (await isMadeIn(authoritiesFolder(workspaceDataFolder(workspace), 'made'))) return undefined;
  const all = join(dataFolder(), 'workspaces');
  for (const id of await readdir(all).catch(() => [])) {
    const data = join(all, id);
    if (id === workspaceId(workspace)) continue;
    if (!(await isMadeIn(authoritiesFolder(data, 'made')))) continue;
    const place = await readIfThere(join(data, PLACE));
    if (place !== undefined && (await isGone(place))) return data;
  }
  return undefined;
}

/** Moves files into a folder of ours, but over none that is there. */
async function moveFiles(from: string, to: string): Promise<void> {
  await makePrivateFolder(to);
  for (const name of await readdir(from)) {
    if (await isAccessible(join(to, name))) continue;
    await rename(join(from, name), join(to, name)).catch((error: unknown) => {
      // Another window was faster.
      if (systemCode(error) !== 'ENOENT') throw error;
    });
  }
}

/** Whether nothing is there; what only cannot be looked at may be. */
async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => systemCode(error) === 'ENOENT',
  );
}
