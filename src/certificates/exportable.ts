import { createHash, type X509Certificate } from 'node:crypto';
import { ExplainedError } from '../system/errors.ts';
import { parseCertificates } from './encoding/pem-certificates.ts';
import { readIfThere } from '../system/files/replace-file.ts';
import { certificateFiles } from '../project/certificate-files.ts';
import { readTrustAnchors } from './inspect/trust-anchors.ts';

/** What can be given to others. Nothing of it is secret. */
export interface Exportable {
  readonly leaf: X509Certificate;
  /** The leaf first. */
  readonly chain: readonly X509Certificate[];
  /** What clients verify it with. */
  readonly anchors: readonly X509Certificate[];
}

/**
 * Reads what a certificates folder can give to others.
 *
 * @throws ExplainedError `nothing-to-export`, `no-trust-anchor`
 */
export async function readExportable(folder: string): Promise<Exportable> {
  const pem = await readIfThere(certificateFiles(folder).certificate);
  const chain = parseCertificates(pem ?? '');
  const [leaf] = chain;
  if (!leaf) {
    throw new ExplainedError({
      code: 'nothing-to-export',
      what: 'There is no certificate to export.',
      why: pem === undefined ? 'None was made yet.' : 'servercert.pem is not a certificate.',
      next: 'Generate one first, or import one.',
      action: 'generateCertificate',
    });
  }
  return { leaf, chain, anchors: parseCertificates(await readTrustAnchors(folder)) };
}

/**
 * The pin of a certificate's public key (RFC 7469 section 2.4): the SHA-256 of its
 * SubjectPublicKeyInfo in Base64. It stays the same while the key does.
 */
export function computePin({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
