import type { X509Certificate } from 'node:crypto';
import { certificateFiles } from '../../project/certificate-files.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { readNames } from './certificate-names.ts';
import { findIssuers } from './signatures.ts';

/**
 * The certificate for host names alone that belongs to the one beside it. One of another key, issuer,
 * validity or other names is left over from another certificate, and counts as none. So does one that
 * cannot be read.
 *
 * @param folder absolute path of the certificates folder
 * @param chain of servercert.pem, the leaf first
 */
export async function readNamesLeaf(
  folder: string,
  chain: readonly X509Certificate[],
): Promise<X509Certificate | undefined> {
  const pem = await readIfThere(certificateFiles(folder).names).catch(() => undefined);
  return pem === undefined ? undefined : findNamesLeaf(pem, chain);
}

/** The same out of the text of the file. Pure. */
export function findNamesLeaf(
  pem: string,
  [leaf, ...authorities]: readonly X509Certificate[],
): X509Certificate | undefined {
  const [names] = parseCertificates(pem);
  return leaf && names && belongsTo(names, leaf, authorities) ? names : undefined;
}

function belongsTo(
  names: X509Certificate,
  leaf: X509Certificate,
  authorities: readonly X509Certificate[],
): boolean {
  const [issuer] = findIssuers(leaf, authorities);
  const [mine, its] = [readNames(names).byKind, readNames(leaf).byKind];
  return (
    issuer !== undefined &&
    !findIssuers(names, [issuer]).next().done &&
    names.publicKey.equals(leaf.publicKey) &&
    names.validFrom === leaf.validFrom &&
    names.validTo === leaf.validTo &&
    mine.ip.length === 0 &&
    mine.dns.join() === its.dns.join()
  );
}
