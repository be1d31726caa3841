import { isMadeHere } from '../authorities/made-here.ts';
import type { CertificateFacts } from '../inspect/certificate-state.ts';
import { readSource, type CertificateSource } from './certificate-source.ts';

/** Who renews the certificate in the folder. */
export type RenewalSource =
  | CertificateSource
  /** This folder's authority. */
  | { readonly kind: 'own-authority' }
  /** Made here, without an authority. */
  | { readonly kind: 'self-signed' }
  /** Somebody whom nobody noted. */
  | { readonly kind: 'imported' };

/**
 * Where the certificate in a folder came from.
 *
 * @param folder absolute path of the certificates folder
 * @throws ExplainedError `data-folder-not-usable`; the system's errors
 */
export async function findRenewalSource(
  workspace: string,
  folder: string,
  { fingerprint256, selfSigned }: Pick<CertificateFacts, 'fingerprint256' | 'selfSigned'>,
): Promise<RenewalSource> {
  const fetched = await readSource(workspace, fingerprint256);
  if (fetched) return fetched;
  if (!(await isMadeHere(workspace, folder))) return { kind: 'imported' };
  return { kind: selfSigned ? 'self-signed' : 'own-authority' };
}
