import { createPublicKey, webcrypto, type KeyObject } from 'node:crypto';

type Algorithm = webcrypto.Algorithm & { readonly namedCurve?: string; readonly hash?: string };

/** The curves by OpenSSL's names, and the digest that is as strong as each. */
const CURVES: Readonly<Partial<Record<string, Algorithm>>> = {
  prime256v1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
};

/** A key of Node.js as WebCrypto knows it, and how to sign with it. */
export interface SigningKeys {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly algorithm: Algorithm;
}

/** Throws for a kind of key that WebCrypto does not know. */
export async function toSigningKeys(key: KeyObject): Promise<SigningKeys> {
  const algorithm = chooseAlgorithm(key);
  const [publicKey, privateKey] = await Promise.all([
    toPublicKey(createPublicKey(key)),
    webcrypto.subtle.importKey(
      'pkcs8',
      key.export({ type: 'pkcs8', format: 'der' }),
      algorithm,
      true,
      ['sign'],
    ),
  ]);
  return { keys: { publicKey, privateKey }, algorithm };
}

/** A public key likewise. Throws for a kind of key that WebCrypto does not know. */
export async function toPublicKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: 'spki', format: 'der' });
  return webcrypto.subtle.importKey('spki', der, chooseAlgorithm(key), true, ['verify']);
}

function chooseAlgorithm({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm {
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519' };
  const algorithm = CURVES[asymmetricKeyDetails?.namedCurve ?? ''];
  if (!algorithm) throw new Error(`No key of the kind ${asymmetricKeyType ?? 'unknown'} can sign.`);
  return algorithm;
}
