import { randomBytes, type webcrypto } from 'node:crypto';
import { isServerName, type CertificateName } from '../../project/certificate-name.ts';
import * as x509 from '../encoding/x509.ts';

/** A distinguished name, its parts in order. */
export type Subject = readonly {
  readonly type: 'C' | 'O' | 'CN';
  readonly value: string;
}[];

const ORGANISATION = { type: 'O', value: 'Chroma' } as const;
const COUNTRY = { type: 'C', value: 'US' } as const;

/** RFC 5280 appendix A.1 gives a common name 64 characters. */
const LONGEST_COMMON_NAME = 64;

/** @param label the name of the workspace, by which a user finds it in a trust store */
export function authoritySubject(label: string): Subject {
  const visible = label.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim();
  const prefix = 'Chroma TLS CA for ';
  const shown = Array.from(visible || 'workspace')
    .slice(0, LONGEST_COMMON_NAME - prefix.length)
    .join('');
  return [ORGANISATION, { type: 'CN', value: (prefix + shown).trimEnd() }];
}

/** The first of the names of servers that a common name has room for. */
export function chooseCommonName(names: readonly CertificateName[]): string | undefined {
  return names.filter(isServerName).find(({ value }) => value.length <= LONGEST_COMMON_NAME)?.value;
}

/**
 * The subject of a leaf. Its CN is also in the SAN. If a name is too long for a CN, the next one is
 * taken.
 *
 * If there are only addresses, it has no CN: OpenSSL would take the CN for a host name, which an
 * authority for addresses may not sign.
 */
export function leafSubject(names: readonly CertificateName[]): Subject {
  const hasHost = names.some(({ kind }) => kind === 'dns');
  const common = hasHost ? chooseCommonName(names) : undefined;
  return [ORGANISATION, ...(common === undefined ? [] : [{ type: 'CN', value: common } as const])];
}

/** The subject of a leaf that is its own issuer; it has the country of the cookbook's page. */
export function selfSignedSubject(names: readonly CertificateName[]): Subject {
  return [COUNTRY, ...leafSubject(names)];
}

/** The subject of the cookbook's page, `-subj '/O=Chroma/C=US'`: its CN is lost. */
export const COOKBOOK_SUBJECT: Subject = [ORGANISATION, COUNTRY];

/**
 * 128 random bits as hex. They are read as an unsigned number (a leading zero octet keeps it
 * positive), so they fit the 20 octets of RFC 5280 section 4.1.2.2.
 */
export function randomSerial(): string {
  return randomBytes(16).toString('hex');
}

/** Certificates in PEM, one after the other, each ending its own line. */
export function toPem(...certificates: readonly x509.X509Certificate[]): string {
  return certificates.map((certificate) => `${certificate.toString('pem')}\n`).join('');
}

/**
 * A subject as a name in a certificate. The type of each value is explicit: a plain string would be
 * parsed as a distinguished name (quotes, a leading #).
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
