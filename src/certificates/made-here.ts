import { parseChain } from './chain.ts';
import { certificateFiles, readIfThere } from './files.ts';
import { listAuthorities } from './known-authorities.ts';
import { isSelfSigned } from './signatures.ts';

/**
 * Whether the certificate in a folder was made here, so that it can be made anew: by an authority of
 * this workspace, or as one that signs itself with the subject that ours have. One that came from
 * elsewhere has to be renewed there.
 */
export async function isMadeHere(workspace: string, folder: string): Promise<boolean> {
  const { certificate, ca } = certificateFiles(folder);
  const [leaf] = parseChain((await readIfThere(certificate)) ?? '');
  if (!leaf) return false;
  if (isSelfSigned(leaf)) return /^O=Chroma$/m.test(leaf.subject);
  const [anchor] = parseChain((await readIfThere(ca)) ?? '');
  const made = await listAuthorities(workspace, 'made');
  return made.some((one) => one.certificate.fingerprint256 === anchor?.fingerprint256);
}
