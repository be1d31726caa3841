import type { X509Certificate } from 'node:crypto';
import * as x509 from '../encoding/x509.ts';

/** Whether a certificate says which key signed it, which Node.js does not tell. */
export function hasAuthorityIdentifier(certificate: X509Certificate): boolean {
  return findExtension(certificate) !== null;
}

/** Which key signed a certificate (RFC 5280 section 4.2.1.1), where it says so by the key's identifier. */
export function readAuthorityIdentifier(certificate: X509Certificate): Buffer | undefined {
  const keyId = findExtension(certificate)?.keyId;
  return keyId === undefined ? undefined : Buffer.from(keyId, 'hex');
}

function findExtension({ raw }: X509Certificate): x509.AuthorityKeyIdentifierExtension | null {
  return new x509.X509Certificate(raw).getExtension(x509.AuthorityKeyIdentifierExtension);
}
