import { readNames } from '../../inspect/certificate-names.ts';
import type { CertbotFolders } from './certbot-folders.ts';
import { findLineage, readLineage } from './lineages.ts';

/**
 * The name under which certbot keeps a certificate: the first name in it, as certbot itself would
 * choose. Where certbot has another certificate of that name, which may serve something else, it gets a
 * name of its own: a request of the same name would replace that one.
 *
 * @param names those that the certificate is requested for
 */
export async function chooseLineageName(
  folders: CertbotFolders,
  names: readonly string[],
): Promise<string> {
  const [first = 'chroma'] = names;
  const name = first.replace(/^\*\./, '').replaceAll(/[^\w.-]/g, '-');
  return (await mayTake(folders, name, names)) ? name : `${name}-chroma`;
}

/** Whether there is none of that name, or one for the very same names. */
async function mayTake(
  folders: CertbotFolders,
  name: string,
  names: readonly string[],
): Promise<boolean> {
  const lineage = await findLineage([folders], name).catch(() => undefined);
  if (!lineage) return true;
  const content = await readLineage(lineage).catch(() => undefined);
  const present = content && readNames(content.leaf).servers;
  return present?.toSorted().join() === names.toSorted().join();
}
