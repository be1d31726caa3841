import type { KeyObject } from 'node:crypto';
import type { CertificateName } from '../../project/certificate-name.ts';
import { alternativeNames, chooseCommonName } from './profile.ts';
import { toSigningKeys } from './keys.ts';
import * as x509 from '../encoding/x509.ts';

/**
 * A certificate request (PKCS#10, RFC 2986) in PEM for an authority of the user's own. What it
 * asks for is names only: the rest of a certificate is the authority's to decide.
 */
export async function createRequest(
  key: KeyObject,
  names: readonly CertificateName[],
): Promise<string> {
  const { keys, algorithm } = await toSigningKeys(key);
  // Old authorities want a common name; none reads one that is not among the alternative names. They
  // take it for a host name, so an address is none.
  const common = chooseCommonName(names.filter(({ kind }) => kind === 'dns'));
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name(common === undefined ? [] : [{ CN: [{ utf8String: common }] }]),
    keys,
    signingAlgorithm: algorithm,
    extensions: [alternativeNames(names)],
  });
  return `${request.toString('pem')}\n`;
}
