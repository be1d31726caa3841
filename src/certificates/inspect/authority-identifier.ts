import type { X509Certificate } from 'node:crypto';
import * as x509 from '../encoding/x509.ts';

/** Whether a certificate says which key signed it, which Node.js does not tell. */
export function hasAuthorityIdentifier({ raw }: X509Certificate): boolean {
  const { AuthorityKeyIdentifierExtension } = x509;
  return new x509.X509Certificate(raw).getExtension(AuthorityKeyIdentifierExtension) !== null;
}
