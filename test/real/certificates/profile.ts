import { createHash, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import * as asn1 from '@peculiar/asn1-x509';

/** All that is in a certificate but for what chance and the clock decide. */
export interface Profile {
  readonly version: number;
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  readonly signature: string;
  /** Milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: string;
  readonly extensions: Readonly<Record<string, { critical: boolean; value: string }>>;
}

/** The profile of a certificate, each field as it is encoded, so that no reader glosses over it. */
export function readProfile(pem: string | Buffer, issuerPem: string | Buffer): Profile {
  const { raw, publicKey } = new X509Certificate(pem);
  const { tbsCertificate: tbs, signatureAlgorithm } = AsnConvert.parse(raw, asn1.Certificate);
  const details = publicKey.asymmetricKeyDetails ?? {};
  const extensions = Array.from(tbs.extensions ?? [], ({ extnID, critical, extnValue }) => [
    extnID,
    { critical, value: describeExtension(extnID, extnValue.buffer, raw, issuerPem) },
  ]);
  return {
    version: tbs.version,
    serial: describeSerial(Buffer.from(tbs.serialNumber)),
    subject: toHex(tbs.subject),
    issuer: toHex(tbs.issuer),
    signature: toHex(signatureAlgorithm),
    notBefore: tbs.validity.notBefore.getTime().getTime(),
    notAfter: tbs.validity.notAfter.getTime().getTime(),
    key: `${toHex(tbs.subjectPublicKeyInfo.algorithm)} ${JSON.stringify(details, stringifyBig)}`,
    extensions: Object.fromEntries(extensions) as Profile['extensions'],
  };
}

/** A serial is chance; its sign and about its length are not. */
function describeSerial(bytes: Buffer): string {
  const sign = bytes.readInt8(0) < 0 ? 'negative' : 'positive';
  const bits = bytes.toString('hex').replace(/^0+/, '').length * 4;
  // Of 2^16 serials of n bits one has more than 16 leading zeros.
  const about = [128, 160].find((wanted) => bits <= wanted && bits > wanted - 16);
  return `${sign}, about ${about ?? `(${bits})`} bits`;
}

function describeExtension(
  oid: string,
  value: ArrayBuffer,
  own: Buffer,
  issuerPem: string | Buffer,
): string {
  switch (oid) {
    case asn1.id_ce_subjectKeyIdentifier: {
      const { buffer } = AsnConvert.parse(value, asn1.SubjectKeyIdentifier);
      return nameKey(Buffer.from(buffer), { own });
    }
    case asn1.id_ce_authorityKeyIdentifier: {
      const { keyIdentifier, ...others } = AsnConvert.parse(value, asn1.AuthorityKeyIdentifier);
      const issuer = new X509Certificate(issuerPem).raw;
      const id = Buffer.from(keyIdentifier?.buffer ?? new ArrayBuffer(0));
      return `${nameKey(id, { issuer })} ${JSON.stringify(others)}`;
    }
    default:
      return Buffer.from(value).toString('hex');
  }
}

/** Whose key an identifier is the SHA-1 of (RFC 5280 section 4.2.1.2, method 1). */
function nameKey(id: Buffer, candidates: Readonly<Record<string, Buffer>>): string {
  const found = Object.entries(candidates).find(([, certificate]) => {
    const { tbsCertificate } = AsnConvert.parse(certificate, asn1.Certificate);
    const bits = Buffer.from(tbsCertificate.subjectPublicKeyInfo.subjectPublicKey);
    return createHash('sha1').update(bits).digest().equals(id);
  });
  return found ? `SHA-1 of the key: ${found[0]}` : `of no key: ${id.toString('hex')}`;
}

function toHex(value: object): string {
  return Buffer.from(AsnConvert.serialize(value)).toString('hex');
}

function stringifyBig(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
