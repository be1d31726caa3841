import { randomBytes, type KeyObject, type X509Certificate } from 'node:crypto';
import * as asn1 from '@peculiar/asn1-x509';
import { isServerName, type CertificateName } from '../../project/certificate-name.ts';
import { identifyKey, makeExtension } from './certificate.ts';

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
export function toPem(...certificates: readonly X509Certificate[]): string {
  return certificates.map(String).join('');
}

/** By RFC 4519, the types of the parts of our names. */
const TYPES = { C: '2.5.4.6', O: '2.5.4.10', CN: '2.5.4.3' } as const;

/** A subject as a name in a certificate, each of its parts of an explicit type. */
export function toName(subject: Subject): asn1.Name {
  return new asn1.Name(
    subject.map(({ type, value }) => {
      const text = type === 'C' ? { printableString: value } : { utf8String: value };
      const part = { type: TYPES[type], value: new asn1.AttributeValue(text) };
      return new asn1.RelativeDistinguishedName([new asn1.AttributeTypeAndValue(part)]);
    }),
  );
}

/** The alternative names of a server, as an extension. */
export function alternativeNames(names: readonly CertificateName[]): asn1.Extension {
  const general = names.map(({ kind, value }) => new asn1.GeneralName({ [FIELDS[kind]]: value }));
  return makeExtension(asn1.id_ce_subjectAltName, new asn1.SubjectAlternativeName(general));
}

/** Where each kind of name stands in a certificate (RFC 5280 section 4.2.1.6). */
const FIELDS = {
  dns: 'dNSName',
  ip: 'iPAddress',
  uri: 'uniformResourceIdentifier',
  email: 'rfc822Name',
} as const satisfies Record<CertificateName['kind'], keyof asn1.GeneralName>;

/**
 * The extensions of a server's leaf: critical CA:FALSE, critical digitalSignature (RSA adds
 * keyEncipherment for TLS 1.2's RSA key exchange), serverAuth, SKI and the SAN.
 */
export function leafExtensions(
  publicKey: KeyObject,
  names: readonly CertificateName[],
): readonly asn1.Extension[] {
  const { digitalSignature, keyEncipherment } = asn1.KeyUsageFlags;
  const usage =
    publicKey.asymmetricKeyType === 'rsa' ? digitalSignature | keyEncipherment : digitalSignature;
  return [
    makeExtension(asn1.id_ce_basicConstraints, new asn1.BasicConstraints({ cA: false }), true),
    makeExtension(asn1.id_ce_keyUsage, new asn1.KeyUsage(usage), true),
    makeExtension(asn1.id_ce_extKeyUsage, new asn1.ExtendedKeyUsage([asn1.id_kp_serverAuth])),
    makeExtension(
      asn1.id_ce_subjectKeyIdentifier,
      new asn1.SubjectKeyIdentifier(identifyKey(publicKey)),
    ),
    alternativeNames(names),
  ];
}
