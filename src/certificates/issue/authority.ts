import { createPrivateKey, X509Certificate, type webcrypto } from 'node:crypto';
import type { Authority, AuthorityRequest, LeafRequest } from './issuer.ts';
import { constrainNames, permitsNames } from './name-constraints.ts';
import {
  exportKey,
  generateKeys,
  importKey,
  RSA_BITS,
  signingAlgorithm,
  type KeyType,
} from './keys.ts';
import { randomSerial, toName, toPem, authoritySubject } from './profile.ts';
import { authorityValidity, endOfValidity } from './validity.ts';
import * as x509 from '../encoding/x509.ts';

/**
 * An authority is kept if it lasts this many days more, even if a leaf then ends earlier than
 * wanted.
 */
const ENOUGH_DAYS = 365;

/** Makes the authority of one workspace, able to sign for its names and no others. */
export async function createAuthority(request: AuthorityRequest): Promise<Authority> {
  const keys = await generateKeys(request.keyType);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: toName(authoritySubject(request.label)),
    ...authorityValidity(request.now),
    keys,
    signingAlgorithm: signingAlgorithm(keys.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      constrainNames(request.names),
    ],
  });
  return { certificate, privateKey: keys.privateKey };
}

/** Why an authority cannot be kept, so that another one must be trusted. */
export type Unfitness = 'names' | 'key-type' | 'validity';

/**
 * Why an authority cannot sign what is wanted; undefined where it can. It must be allowed the names
 * and last long enough. Its key must be of the wanted kind, because a client without ECDSA must
 * read the authority too, and no weaker than the leaf's.
 */
export function explainUnfit(
  { certificate, privateKey }: Authority,
  wanted: LeafRequest,
): Unfitness | undefined {
  if (!permitsNames(certificate, wanted.names)) return 'names';
  if (!isStrongEnough(privateKey, wanted.keyType)) return 'key-type';
  const needed = endOfValidity(wanted.now, Math.min(wanted.days, ENOUGH_DAYS));
  const lasts = certificate.notBefore <= wanted.now && certificate.notAfter >= needed;
  return lasts ? undefined : 'validity';
}

/** An authority as one PEM text, the key first. */
export async function writeAuthority({ certificate, privateKey }: Authority): Promise<string> {
  return (await exportKey(privateKey)) + toPem(certificate);
}

/** The authority out of its PEM text. Throws where that is not a certificate and its key. */
export async function readAuthority(pem: string): Promise<Authority> {
  const key = createPrivateKey(pem);
  if (!new X509Certificate(pem).checkPrivateKey(key)) {
    throw new Error('The key does not belong to the certificate.');
  }
  const certificates = x509.PemConverter.decodeWithHeaders(pem).filter(
    ({ type }) => type === x509.PemConverter.CertificateTag,
  );
  const [certificate] = certificates;
  if (!certificate) throw new Error('There is no certificate.');
  return {
    certificate: new x509.X509Certificate(certificate.rawData),
    privateKey: await importKey(key),
  };
}

function isStrongEnough({ algorithm }: webcrypto.CryptoKey, wanted: KeyType): boolean {
  if (wanted === 'ecdsa-p256') return algorithm.name === 'ECDSA';
  return 'modulusLength' in algorithm && Number(algorithm.modulusLength) >= RSA_BITS[wanted];
}
