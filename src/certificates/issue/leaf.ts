import { randomBytes, type KeyObject, type X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import * as asn1 from '@peculiar/asn1-x509';
import type { ServerName } from '../../project/domain.ts';
import {
  findExtension,
  identifyKey,
  makeExtension,
  readSubject,
  signCertificate,
} from './certificate.ts';
import type { Authority, Leaf, LeafRequest } from './issuer.ts';
import { exportKey, generateKeys } from './keys.ts';
import {
  alternativeNames,
  leafExtensions,
  randomSerial,
  toName,
  COOKBOOK_SUBJECT,
  leafSubject,
  selfSignedSubject,
  type Subject,
} from './profile.ts';
import { cookbookValidity, leafValidity, validityOf, type Validity } from './validity.ts';

/** Days of validity that the cookbook page's command names. */
export const COOKBOOK_DAYS = 365;

/** Issues a server certificate; it never outlives the authority that signs it. */
export async function issueLeaf(authority: Authority, request: LeafRequest): Promise<Leaf> {
  const { publicKey, privateKey } = await generateKeys(request.keyType);
  const certificate = signLeaf(authority, publicKey, request);
  return { certificate, keyPem: exportKey(privateKey) };
}

/** Issues a server certificate for a public key whose private key is elsewhere. */
export function signLeaf(
  authority: Authority,
  publicKey: KeyObject,
  request: Omit<LeafRequest, 'keyType'>,
): X509Certificate {
  const issuer = authority.certificate;
  return signCertificate(
    {
      serial: randomSerial(),
      subject: toName(leafSubject(request.names)),
      // Not as a string: a chain needs exactly the bytes of the issuer's name.
      issuer: readSubject(issuer),
      validity: leafValidity(request, validityOf(issuer)),
      publicKey,
      extensions: [...leafExtensions(publicKey, request.names), identifyIssuer(readKeyId(issuer))],
    },
    authority.privateKey,
  );
}

/**
 * The same certificate without its addresses, for the same key and the same days. BoringSSL refuses
 * every address that an authority is constrained to, and judges host names of the same authority well.
 *
 * @returns undefined where the certificate has no addresses, or no host name
 */
export function signForHosts(
  authority: Authority,
  leaf: X509Certificate,
  request: Omit<LeafRequest, 'keyType'>,
): X509Certificate | undefined {
  const names = request.names.filter(({ kind }) => kind !== 'ip');
  if (names.length === request.names.length || !names.some(({ kind }) => kind === 'dns')) {
    return undefined;
  }
  return signLeaf(authority, leaf.publicKey, { ...request, names });
}

/** A server certificate that is its own issuer; CA:FALSE, because rustls refuses a server's CA. */
export async function issueSelfSigned(request: LeafRequest): Promise<Leaf> {
  return signItself(request.keyType, {
    serial: randomSerial(),
    subject: selfSignedSubject(request.names),
    validity: leafValidity(request),
    extensions: (publicKey) => [
      ...leafExtensions(publicKey, request.names),
      identifyIssuer(identifyKey(publicKey)),
    ],
  });
}

/**
 * The cookbook profile: what the command of the Chroma cookbook's page on TLS makes with OpenSSL 3.
 * That is RSA-2048, SHA-256, 365 days from now, a subject without a CN, and no extensions except the
 * SAN and the subject key identifier. An address becomes an address; the page makes it a DNS name,
 * which no client matches.
 */
export async function issueCookbook(domain: ServerName, now: Date): Promise<Leaf> {
  return signItself('rsa-2048', {
    serial: opensslSerial(),
    subject: COOKBOOK_SUBJECT,
    validity: cookbookValidity(now, COOKBOOK_DAYS),
    extensions: (publicKey) => [
      alternativeNames([domain]),
      makeExtension(
        asn1.id_ce_subjectKeyIdentifier,
        new asn1.SubjectKeyIdentifier(identifyKey(publicKey)),
      ),
    ],
  });
}

async function signItself(
  keyType: LeafRequest['keyType'],
  content: {
    readonly serial: string;
    readonly subject: Subject;
    readonly validity: Validity;
    readonly extensions: (publicKey: KeyObject) => readonly asn1.Extension[];
  },
): Promise<Leaf> {
  const { publicKey, privateKey } = await generateKeys(keyType);
  const name = toName(content.subject);
  const extensions = content.extensions(publicKey);
  const certificate = signCertificate(
    { ...content, subject: name, issuer: name, publicKey, extensions },
    privateKey,
  );
  return { certificate, keyPem: exportKey(privateKey) };
}

/** Which key an authority has, as its own certificate says. */
function readKeyId(issuer: X509Certificate): ArrayBuffer {
  const found = findExtension(issuer, asn1.id_ce_subjectKeyIdentifier);
  return found
    ? AsnConvert.parse(found, asn1.SubjectKeyIdentifier).buffer
    : identifyKey(issuer.publicKey);
}

function identifyIssuer(keyId: ArrayBuffer): asn1.Extension {
  const keyIdentifier = new asn1.KeyIdentifier(keyId);
  return makeExtension(
    asn1.id_ce_authorityKeyIdentifier,
    new asn1.AuthorityKeyIdentifier({ keyIdentifier }),
  );
}

/** OpenSSL's own serial: 159 random bits, as hex. */
function opensslSerial(): string {
  const bytes = randomBytes(20);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('hex');
}
