import type { KeyObject } from 'node:crypto';
import type { CertificateName } from '../../project/certificate-name.ts';
import { alternativeNames, chooseCommonName } from './profile.ts';
import { toSigningKeys } from './keys.ts';
import * as x509 from '../encoding/x509.ts';

/**
 * A certificate request (PKCS#10, RFC 2986) in PEM for an authority of the user's own. It asks only
 * for names: the authority decides on the rest.
 */
export async function createRequest(
  key: KeyObject,
  names: readonly CertificateName[],
): Promise<string> {
  const { keys, algorithm } = await toSigningKeys(key);
  // Old authorities want a common name, and it must be among the alternative names. They take it for a
  // host name, so an address cannot be one.
  const common = chooseCommonName(names.filter(({ kind }) => kind === 'dns'));
  const { extnID, critical, extnValue } = alternativeNames(names);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name(common === undefined ? [] : [{ CN: [{ utf8String: common }] }]),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.Extension(extnID, critical, extnValue.buffer)],
  });
  return `${request.toString('pem')}\n`;
}
