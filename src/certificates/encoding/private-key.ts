import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { PrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { AsnConvert, AsnProp, AsnPropTypes, AsnType, AsnTypeTypes } from '@peculiar/asn1-schema';
import { SERVABLE_KEYS } from './key-type.ts';
import { quietly } from '../../system/quietly.ts';
import { UnreadableError } from './unreadable.ts';

/** RFC 5958: PKCS#8 of version 2 has the public key beside the private one. */
@AsnType({ type: AsnTypeTypes.Sequence })
class OneAsymmetricKey extends PrivateKeyInfo {
  @AsnProp({ type: AsnPropTypes.BitString, context: 1, implicit: true, optional: true })
  publicKey?: ArrayBuffer;
}

/**
 * A private key in DER of any form: PKCS#8, with its public key or without, PKCS#1, SEC 1.
 *
 * @returns undefined for what is none of these
 * @throws UnreadableError for a key of an unknown kind, or one that contradicts itself
 */
export function readPrivateKey(der: Buffer): KeyObject | undefined {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    const key = quietly(() => createPrivateKey({ key: der, format: 'der', type }));
    if (key) return key;
  }
  const info = quietly(() => AsnConvert.parse(der, OneAsymmetricKey));
  return info && readWithPublicKey(info);
}

/** Java and Rust write a key with its public key, which OpenSSL before 3.5 does not read. */
function readWithPublicKey(info: OneAsymmetricKey): KeyObject {
  const { privateKeyAlgorithm, privateKey, publicKey } = info;
  const plain = AsnConvert.serialize(new PrivateKeyInfo({ privateKeyAlgorithm, privateKey }));
  const key = quietly(() =>
    createPrivateKey({ key: Buffer.from(plain), format: 'der', type: 'pkcs8' }),
  );
  if (!key) {
    throw new UnreadableError(
      `It is a private key that is damaged or of an unknown kind (${privateKeyAlgorithm.algorithm}).`,
      `Use ${SERVABLE_KEYS}.`,
    );
  }
  if (publicKey && !publicPartOf(key).subarray(-publicKey.byteLength).equals(toBytes(publicKey))) {
    throw new UnreadableError(
      'It is a private key with the public key of another one.',
      'Get it again from where it was made.',
    );
  }
  return key;
}

function publicPartOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function toBytes(bits: ArrayBuffer): Buffer {
  return Buffer.from(new Uint8Array(bits));
}
