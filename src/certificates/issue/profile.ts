import { randomBytes, webcrypto, type KeyObject } from 'node:crypto';
import * as x509 from '../encoding/x509.ts';
import type { CertificateName } from '../../project/certificate-name.ts';
import type { Settings } from '../../project/settings.ts';
import type { Subject } from './subject.ts';

export type KeyType = Settings['keyType'];

// WebCrypto is there on OpenSSL and on BoringSSL (desktop VS Code), so nothing else is needed.
x509.cryptoProvider.set(webcrypto as never);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A little in the past, for containers and virtual machines whose clocks lag behind. */
export function backdate(now: Date): Date {
  return new Date(Math.floor((now.getTime() - HOUR) / 1000) * 1000);
}

/**
 * 128 random bits as hex. They are read as an unsigned number (a leading zero octet keeps it
 * positive), so they fit the 20 octets of RFC 5280 section 4.1.2.2.
 */
export function randomSerial(): string {
  return randomBytes(16).toString('hex');
}

/** The last second of so many days; both ends of a validity count (RFC 5280 section 4.1.2.5). */
export function endOfValidity(notBefore: Date, days: number): Date {
  return new Date(notBefore.getTime() + days * DAY - 1000);
}

/** The size of each RSA key, in bits. */
export const RSA_BITS = { 'rsa-2048': 2048, 'rsa-3072': 3072, 'rsa-4096': 4096 } as const;

/** A key pair of one of the types the settings offer. */
export async function generateKeys(keyType: KeyType): Promise<webcrypto.CryptoKeyPair> {
  const algorithm =
    keyType === 'ecdsa-p256'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: RSA_BITS[keyType],
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: 'SHA-256',
        };
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** A private key as PKCS#8 in PEM. */
export async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`;
}

/** A private key of one of our types, ready to sign. */
export async function importKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const algorithm =
    key.asymmetricKeyType === 'ec'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
}

/** Certificates in PEM, one after the other, each ending its own line. */
export function toPem(...certificates: readonly x509.X509Certificate[]): string {
  return certificates.map((certificate) => `${certificate.toString('pem')}\n`).join('');
}

/** How a certificate of this key is signed. */
export function signingAlgorithm(
  key: webcrypto.CryptoKey,
): webcrypto.EcdsaParams | webcrypto.Algorithm {
  return key.algorithm.name === 'ECDSA'
    ? { name: 'ECDSA', hash: 'SHA-256' }
    : { name: key.algorithm.name };
}

/**
 * A subject as a name in a certificate. Each value's type is said outright: a bare string would be
 * read as part of a distinguished name (quotes, a leading #).
 */
export function toName(subject: Subject): x509.Name {
  return new x509.Name(
    subject.map(({ type, value }) => ({
      [type]: [type === 'C' ? { printableString: value } : { utf8String: value }],
    })),
  );
}

/** The alternative names of a server, as an extension. */
export function alternativeNames(
  names: readonly CertificateName[],
): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension(
    names.map(({ kind, value }) => ({ type: kind === 'uri' ? 'url' : kind, value })),
  );
}

/**
 * The extensions of a server's leaf: critical CA:FALSE, critical digitalSignature (RSA adds
 * keyEncipherment for TLS 1.2's RSA key exchange), serverAuth, SKI and the SAN.
 */
export async function leafExtensions(
  publicKey: webcrypto.CryptoKey,
  names: readonly CertificateName[],
): Promise<x509.Extension[]> {
  const rsa = publicKey.algorithm.name.startsWith('RSA');
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    rsa
      ? new x509.KeyUsagesExtension(digitalSignature | keyEncipherment, true)
      : new x509.KeyUsagesExtension(digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    alternativeNames(names),
  ];
}
