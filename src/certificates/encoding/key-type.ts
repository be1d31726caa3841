import { createPublicKey, type KeyObject } from 'node:crypto';

/** OpenSSL's names of curves, and those the settings and people use. */
const CURVE_NAMES: Readonly<Partial<Record<string, string>>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** A kind of key as people call it, such as `RSA 2048`, `ECDSA P-256` or `Ed25519`. */
export function describeKeyType({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const curve = asymmetricKeyDetails?.namedCurve ?? 'unnamed curve';
  switch (asymmetricKeyType) {
    case 'rsa':
      return `RSA ${asymmetricKeyDetails?.modulusLength ?? '?'}`;
    case 'ec':
      return `ECDSA ${CURVE_NAMES[curve] ?? curve}`;
    case 'rsa-pss':
      return `RSA-PSS ${asymmetricKeyDetails?.modulusLength ?? '?'}`;
    case 'ed25519':
      return 'Ed25519';
    default:
      return asymmetricKeyType ?? 'unknown';
  }
}

/** The kinds of key that TLS servers and clients take, in a user's words. */
export const SERVABLE_KEYS = 'RSA of 2048 bits or more, ECDSA on P-256, P-384 or P-521, or Ed25519';

/** Whether a server can have a key of this kind (RFC 8446 section 4.2.3), however weak it is. */
export function isServable({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'ec') return (asymmetricKeyDetails?.namedCurve ?? '') in CURVE_NAMES;
  return asymmetricKeyType === 'rsa' || asymmetricKeyType === 'ed25519';
}

/**
 * Whether two keys, private or public, are the same one. Not by `KeyObject.equals`: comparing two
 * kinds of key with it leaves an error in OpenSSL's queue, and the next call of OpenSSL fails for it.
 */
export function isSameKey(one: KeyObject, other: KeyObject): boolean {
  const [first, second] = [one, other].map((key) =>
    (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' }),
  );
  return first !== undefined && second !== undefined && first.equals(second);
}
