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
  { fingerprint256, selfSigned }: CertificateFacts,
): Promise<RenewalSource> {
  const fetched = await readSource(workspace, fingerprint256);
  if (fetched) return fetched;
  if (!(await isMadeHere(workspace, folder))) return { kind: 'imported' };
  return { kind: selfSigned ? 'self-signed' : 'own-authority' };
}

/** A source in a few words, such as `ACME (acme.example)`. Pure. */
export function describeSource(source: RenewalSource): string {
  switch (source.kind) {
    case 'own-authority':
      return 'This folder’s authority';
    case 'self-signed':
      return 'Self-signed';
    case 'imported':
      return 'Imported';
    case 'acme':
      return `ACME (${hostOf(source.directory)})`;
    case 'certbot':
      return `certbot (${source.lineage})`;
    case 'acm':
      return `AWS Certificate Manager (${source.region})`;
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
