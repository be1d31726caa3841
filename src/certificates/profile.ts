import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import { AsnConvert } from '@peculiar/asn1-schema';
import * as x509 from './x509.ts';
import type { ServerName } from '../project/domain.ts';
import type { Settings } from '../project/settings.ts';

export type KeyType = Settings['keyType'];

// WebCrypto is there on OpenSSL and on BoringSSL (desktop VS Code), so nothing else is needed.
x509.cryptoProvider.set(webcrypto as never);

const HOUR = 3_600_000;

/** A little in the past, for containers and virtual machines whose clocks lag behind. */
export function backdate(now: Date): Date {
  return new Date(Math.floor((now.getTime() - HOUR) / 1000) * 1000);
}

/** 128 random bits, positive and not zero (RFC 5280 section 4.1.2.2). */
export function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** A key pair of one of the types the settings offer. */
export async function generateKeys(keyType: KeyType): Promise<webcrypto.CryptoKeyPair> {
  const algorithm =
    keyType === 'ecdsa-p256'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: keyType === 'rsa-2048' ? 2048 : 4096,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: 'SHA-256',
        };
  return await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** A private key as PKCS#8 in PEM. */
export async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`;
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
 * The extensions of a server's leaf: critical CA:FALSE, critical digitalSignature (RSA adds
 * keyEncipherment for TLS 1.2's RSA key exchange), serverAuth, SKI and the SAN.
 */
export async function leafExtensions(
  keys: webcrypto.CryptoKeyPair,
  names: readonly ServerName[],
): Promise<x509.Extension[]> {
  const rsa = keys.publicKey.algorithm.name !== 'ECDSA';
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    rsa
      ? new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
          true,
        )
      : new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    new x509.SubjectAlternativeNameExtension(
      names.map(({ kind, value }) => ({ type: kind, value })),
    ),
  ];
}

/** The subject of a leaf: its CN also stands in the SAN, and is left out past 64 characters. */
export function leafSubject(names: readonly ServerName[]): x509.JsonName {
  const common = names.find(({ value }) => value.length <= 64);
  return [{ O: ['Chroma'] }, ...(common ? [{ CN: [common.value] }] : [])];
}

/**
 * A critical name constraint (RFC 5280 section 4.2.1.10) to just these names. Only the types that
 * are listed constrain anything, so a type without a name is excluded whole.
 */
export function constrainNames(names: readonly ServerName[]): x509.Extension {
  const permitted = names.map((name) =>
    name.kind === 'dns'
      ? new GeneralName({ dNSName: name.value.replace(/^\*\./, '') })
      : new GeneralName({ iPAddress: `${name.value}/${isIP(name.value) === 4 ? 32 : 128}` }),
  );
  const hasDns = names.some(({ kind }) => kind === 'dns');
  const hasIp = names.some(({ kind }) => kind === 'ip');
  const excluded = [
    ...(hasDns ? [] : [new GeneralName({ dNSName: '' })]),
    ...(hasIp ? [] : ['0.0.0.0/0', '::/0'].map((iPAddress) => new GeneralName({ iPAddress }))),
  ];
  const subtrees = (bases: GeneralName[]): GeneralSubtrees =>
    new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base })));
  const constraints = new NameConstraints({
    permittedSubtrees: subtrees(permitted),
    ...(excluded.length > 0 ? { excludedSubtrees: subtrees(excluded) } : {}),
  });
  return new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints));
}
