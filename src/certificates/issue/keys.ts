import {
  createPublicKey,
  generateKeyPair,
  webcrypto,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { Settings } from '../../project/settings.ts';

export type KeyType = Settings['keyType'];

/** The size of each RSA key, in bits. */
export const RSA_BITS = { 'rsa-2048': 2048, 'rsa-3072': 3072, 'rsa-4096': 4096 } as const;

type Algorithm = webcrypto.Algorithm & { readonly namedCurve?: string; readonly hash?: string };

/** The curves by OpenSSL's names, each with a digest that is as strong. */
const CURVES: Readonly<Partial<Record<string, Algorithm>>> = {
  prime256v1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
};

const makeKeys = promisify(generateKeyPair);

/** A new key of one of the types that the settings offer, both halves. */
export async function generateKeys(keyType: KeyType): Promise<KeyPairKeyObjectResult> {
  // By the name that OpenSSL and BoringSSL (desktop VS Code) both know.
  if (keyType === 'ecdsa-p256') return makeKeys('ec', { namedCurve: 'prime256v1' });
  return makeKeys('rsa', { modulusLength: RSA_BITS[keyType] });
}

/** A private key as PKCS#8 in PEM. */
export function exportKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A private key, ready to sign. Throws for a kind of key that WebCrypto does not know. */
async function importKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, chooseAlgorithm(key), true, ['sign']);
}

/** A public key for WebCrypto. Throws for a kind of key that WebCrypto does not know. */
async function toPublicKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: 'spki', format: 'der' });
  return webcrypto.subtle.importKey('spki', der, chooseAlgorithm(key), true, ['verify']);
}

/** A private key with its public half, and how to sign with it. Throws as `importKey` does. */
export async function toSigningKeys(
  key: KeyObject,
): Promise<{ readonly keys: webcrypto.CryptoKeyPair; readonly algorithm: Algorithm }> {
  const publicKey = await toPublicKey(createPublicKey(key));
  return { keys: { publicKey, privateKey: await importKey(key) }, algorithm: chooseAlgorithm(key) };
}

function chooseAlgorithm({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm {
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519' };
  const algorithm = CURVES[asymmetricKeyDetails?.namedCurve ?? ''];
  if (!algorithm)
    throw new Error(`A key of the kind ${asymmetricKeyType ?? 'unknown'} cannot sign.`);
  return algorithm;
}
