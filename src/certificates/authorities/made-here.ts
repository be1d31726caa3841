import type { X509Certificate } from 'node:crypto';
import { readKeptAuthority } from './kept-authority.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { readCommonName } from '../encoding/distinguished-name.ts';
import { listAuthorities } from './known-authorities.ts';
import { findIssuers, isSelfSigned } from '../inspect/signatures.ts';

/**
 * Whether the certificate in a folder was made here, so that it can be made again: an authority of this
 * workspace signed it, or it is self-signed with the subject that ours have.
 */
export async function isMadeHere(workspace: string, folder: string): Promise<boolean> {
  const leaf = await readLeaf(folder);
  return leaf !== undefined && wasMadeHere(leaf, () => readAuthorities(workspace));
}

/** The certificate in a folder, if it is from elsewhere. */
export async function findForeign(
  workspace: string,
  folder: string,
  read?: typeof readIfThere,
): Promise<X509Certificate | undefined> {
  return foreignFinder(workspace, read)(folder);
}

/**
 * The same for many folders: the authorities of the workspace are read once at most.
 *
 * @param read the text of a certificate's file, where somebody has read it before
 */
export function foreignFinder(
  workspace: string,
  read: typeof readIfThere = readIfThere,
): (folder: string) => Promise<X509Certificate | undefined> {
  let reading: ReturnType<typeof readAuthorities> | undefined;
  return async (folder) => {
    const leaf = await readLeaf(folder, read);
    const readOnce = (): ReturnType<typeof readAuthorities> =>
      (reading ??= readAuthorities(workspace));
    return leaf && (await wasMadeHere(leaf, readOnce)) ? undefined : leaf;
  };
}

/** Who signed a certificate from elsewhere, as a sentence. */
export function describeForeign({ subject, issuer }: X509Certificate): string {
  return `"${readCommonName(subject)}" was signed by "${readCommonName(issuer)}".`;
}

async function readLeaf(folder: string, read = readIfThere): Promise<X509Certificate | undefined> {
  const pem = await read(certificateFiles(folder).certificate);
  return parseCertificates(pem ?? '')[0];
}

async function wasMadeHere(
  leaf: X509Certificate,
  readOurs: () => ReturnType<typeof readAuthorities>,
): Promise<boolean> {
  if (isSelfSigned(leaf)) return /^O=Chroma$/m.test(leaf.subject);
  return !findIssuers(leaf, await readOurs()).next().done;
}

/** The authorities that signed what was made here. */
async function readAuthorities(workspace: string): Promise<readonly X509Certificate[]> {
  const [kept, made] = await Promise.all([
    readKeptAuthority(workspace),
    listAuthorities(workspace, 'made'),
  ]);
  return [...(kept ? [kept] : []), ...made.map(({ certificate }) => certificate)];
}
