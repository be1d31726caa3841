import { createHash, createPublicKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as asn1 from '@peculiar/asn1-x509';
import type { Validity } from './validity.ts';

/** What a certificate says, before it is signed. */
export interface CertificateContent {
  /** Hex; read as an unsigned number. */
  readonly serial: string;
  readonly subject: asn1.Name;
  /** Of a chain exactly the bytes of the issuer's own name. */
  readonly issuer: asn1.Name;
  readonly validity: Validity;
  readonly publicKey: KeyObject;
  readonly extensions: readonly asn1.Extension[];
}

/** RFC 5758 section 3.2 and RFC 8017 appendix A.2.4: SHA-256 by the kind of the key. */
const SIGNATURES = {
  ec: () => new asn1.AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' }),
  rsa: () => new asn1.AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: null }),
} as const;

/**
 * Signs a certificate, version 3, with SHA-256.
 *
 * The structures come from the library by themselves: with its generator and WebCrypto it takes a process
 * four times as long to load them.
 *
 * @param key an RSA key or one of an elliptic curve
 */
export function signCertificate(content: CertificateContent, key: KeyObject): X509Certificate {
  const algorithm = key.asymmetricKeyType === 'rsa' ? SIGNATURES.rsa() : SIGNATURES.ec();
  const { notBefore, notAfter } = content.validity;
  const tbsCertificate = new asn1.TBSCertificate({
    version: asn1.Version.v3,
    serialNumber: toUnsigned(content.serial),
    signature: algorithm,
    issuer: content.issuer,
    validity: new asn1.Validity({ notBefore, notAfter }),
    subject: content.subject,
    subjectPublicKeyInfo: readKeyInfo(content.publicKey),
    extensions: new asn1.Extensions([...content.extensions]),
  });
  const signatureValue = sign('sha256', encode(tbsCertificate), key);
  const certificate = new asn1.Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: toArrayBuffer(signatureValue),
  });
  return new X509Certificate(encode(certificate));
}

/** An extension with a value of the library's. */
export function makeExtension(extnID: string, value: object, critical = false): asn1.Extension {
  return new asn1.Extension({ extnID, critical, extnValue: new OctetString(encode(value)) });
}

/** The value of an extension, which Node.js does not tell; undefined where there is none. */
export function findExtension(certificate: X509Certificate, id: string): ArrayBuffer | undefined {
  const { extensions } = readStructure(certificate);
  return extensions?.find(({ extnID }) => extnID === id)?.extnValue.buffer;
}

/** The subject of a certificate, as it is encoded there. */
export function readSubject(certificate: X509Certificate): asn1.Name {
  return readStructure(certificate).subject;
}

/** The library takes longer to read a certificate than to make one, and an authority is asked often. */
const structures = new WeakMap<X509Certificate, asn1.TBSCertificate>();

function readStructure(certificate: X509Certificate): asn1.TBSCertificate {
  const known = structures.get(certificate);
  if (known) return known;
  const { tbsCertificate } = AsnConvert.parse(certificate.raw, asn1.Certificate);
  structures.set(certificate, tbsCertificate);
  return tbsCertificate;
}

/** The identifier of a key: the SHA-1 of its bits (RFC 5280 section 4.2.1.2, method 1). */
export function identifyKey(key: KeyObject): ArrayBuffer {
  const bits = Buffer.from(readKeyInfo(key).subjectPublicKey);
  return toArrayBuffer(createHash('sha1').update(bits).digest());
}

const keyInfos = new WeakMap<KeyObject, asn1.SubjectPublicKeyInfo>();

function readKeyInfo(key: KeyObject): asn1.SubjectPublicKeyInfo {
  const known = keyInfos.get(key);
  if (known) return known;
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const info = AsnConvert.parse(der, asn1.SubjectPublicKeyInfo);
  keyInfos.set(key, info);
  return info;
}

/** As DER has it: no zero in front but one that keeps a number positive. */
function toUnsigned(hex: string): ArrayBuffer {
  const bytes = Buffer.from(hex.replace(/^(00)+(?=..)/, ''), 'hex');
  const isHigh = bytes.readUInt8(0) > 0x7f;
  return toArrayBuffer(isHigh ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

function encode(value: object): Buffer {
  return Buffer.from(AsnConvert.serialize(value));
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
