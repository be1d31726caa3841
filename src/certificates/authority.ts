import { webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from './x509.ts';
import type { ServerName } from '../project/domain.ts';
import {
  backdate,
  constrainNames,
  generateKeys,
  randomSerial,
  signingAlgorithm,
  type KeyType,
} from './profile.ts';

/** A certificate authority that can sign. */
export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: { readonly privateKey: webcrypto.CryptoKey };
}

const DAY = 86_400_000;
/** Days an authority lives: trust is given once, leaves are renewed under it. */
const AUTHORITY_DAYS = 3650;

/**
 * Makes the authority of one workspace, able to sign for its names and no others.
 *
 * @param label what the workspace is called, so that a person finds it in a trust store
 */
export async function createAuthority(
  label: string,
  names: readonly ServerName[],
  keyType: KeyType,
  now: Date,
): Promise<Authority> {
  const keys = await generateKeys(keyType);
  const notBefore = backdate(now);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ O: ['Chroma'] }, { CN: [`Chroma TLS CA for ${label}`.slice(0, 64)] }],
    notBefore,
    notAfter: new Date(notBefore.getTime() + AUTHORITY_DAYS * DAY),
    keys,
    signingAlgorithm: signingAlgorithm(keys.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      constrainNames(names),
    ],
  });
  return { certificate, keys };
}

/** Whether an authority can still sign these names until then. */
export function canSign(
  { certificate }: Authority,
  names: readonly ServerName[],
  notAfter: Date,
): boolean {
  const wanted = Buffer.from(constrainNames(names).value).toString('hex');
  const constraints = certificate.getExtension('2.5.29.30');
  return (
    certificate.notAfter >= notAfter &&
    constraints !== null &&
    Buffer.from(constraints.value).toString('hex') === wanted
  );
}

/** The authority out of its two PEM texts. Throws where they are not what they should be. */
export async function readAuthority(certificatePem: string, keyPem: string): Promise<Authority> {
  const certificate = new x509.X509Certificate(certificatePem);
  const privateKey = await webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(keyPem),
    new X509Certificate(certificatePem).publicKey.asymmetricKeyType === 'ec'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    true,
    ['sign'],
  );
  return { certificate, keys: { privateKey: privateKey } };
}
