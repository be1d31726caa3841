import { createPrivateKey, type KeyObject } from 'node:crypto';
import * as asn1 from '@peculiar/asn1-x509';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { identifyKey, makeExtension, signCertificate } from './certificate.ts';
import type { Authority, AuthorityRequest, LeafRequest } from './issuer.ts';
import { constrainNames, permitsNames } from './name-constraints.ts';
import { exportKey, generateKeys, RSA_BITS, type KeyType } from './keys.ts';
import { authoritySubject, randomSerial, toName, toPem } from './profile.ts';
import { authorityValidity, endOfValidity, validityOf } from './validity.ts';

/**
 * An authority is kept if it lasts this many days more, even if a leaf then ends earlier than
 * wanted.
 */
const ENOUGH_DAYS = 365;

/** Makes the authority of one workspace, able to sign for its names and no others. */
export async function createAuthority(request: AuthorityRequest): Promise<Authority> {
  const { publicKey, privateKey } = await generateKeys(request.keyType);
  const { keyCertSign, cRLSign } = asn1.KeyUsageFlags;
  const name = toName(authoritySubject(request.label));
  const certificate = signCertificate(
    {
      serial: randomSerial(),
      subject: name,
      issuer: name,
      validity: authorityValidity(request.now),
      publicKey,
      extensions: [
        makeExtension(
          asn1.id_ce_basicConstraints,
          new asn1.BasicConstraints({ cA: true, pathLenConstraint: 0 }),
          true,
        ),
        makeExtension(asn1.id_ce_keyUsage, new asn1.KeyUsage(keyCertSign | cRLSign), true),
        makeExtension(
          asn1.id_ce_subjectKeyIdentifier,
          new asn1.SubjectKeyIdentifier(identifyKey(publicKey)),
        ),
        constrainNames(request.names),
      ],
    },
    privateKey,
  );
  return { certificate, privateKey };
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
  const { notBefore, notAfter } = validityOf(certificate);
  const lasts = notBefore <= wanted.now && notAfter >= needed;
  return lasts ? undefined : 'validity';
}

/** An authority as one PEM text, the key first. */
export function writeAuthority({ certificate, privateKey }: Authority): string {
  return exportKey(privateKey) + toPem(certificate);
}

/** The authority out of its PEM text. Throws where that is not a certificate and its key. */
export function readAuthority(pem: string): Authority {
  const privateKey = createPrivateKey(pem);
  const [certificate] = parseCertificates(pem);
  if (!certificate?.checkPrivateKey(privateKey)) {
    throw new Error('The key does not belong to the certificate.');
  }
  return { certificate, privateKey };
}

function isStrongEnough(key: KeyObject, wanted: KeyType): boolean {
  if (wanted === 'ecdsa-p256') return key.asymmetricKeyType === 'ec';
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS[wanted];
}
