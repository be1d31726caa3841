import { randomBytes, type webcrypto } from 'node:crypto';
import type { ServerName } from '../../project/domain.ts';
import type { Authority, Leaf, LeafRequest } from './issuer.ts';
import { exportKey, generateKeys, signingAlgorithm } from './keys.ts';
import {
  alternativeNames,
  leafExtensions,
  randomSerial,
  toName,
  COOKBOOK_SUBJECT,
  leafSubject,
  selfSignedSubject,
} from './profile.ts';
import { cookbookValidity, leafValidity } from './validity.ts';
import * as x509 from '../encoding/x509.ts';

/** Days of validity that the cookbook page's command names. */
export const COOKBOOK_DAYS = 365;

/** Issues a server certificate; it never outlives the authority that signs it. */
export async function issueLeaf(authority: Authority, request: LeafRequest): Promise<Leaf> {
  const keys = await generateKeys(request.keyType);
  const certificate = await signLeaf(authority, keys.publicKey, request);
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}

/** Issues a server certificate for a public key whose private key is elsewhere. */
export async function signLeaf(
  authority: Authority,
  publicKey: webcrypto.CryptoKey,
  request: Omit<LeafRequest, 'keyType'>,
): Promise<x509.X509Certificate> {
  const issuer = authority.certificate;
  const identifier = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  return x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: toName(leafSubject(request.names)),
    // Not as a string: a chain needs exactly the bytes of the issuer's name.
    issuer: issuer.subjectName,
    ...leafValidity(request, issuer),
    publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: signingAlgorithm(authority.privateKey),
    extensions: [
      ...(await leafExtensions(publicKey, request.names)),
      identifier
        ? new x509.AuthorityKeyIdentifierExtension(identifier.keyId)
        : await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
}

/** A server certificate that is its own issuer; CA:FALSE, because rustls refuses a server's CA. */
export async function issueSelfSigned(request: LeafRequest): Promise<Leaf> {
  const keys = await generateKeys(request.keyType);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: toName(selfSignedSubject(request.names)),
    ...leafValidity(request),
    keys,
    signingAlgorithm: signingAlgorithm(keys.privateKey),
    extensions: [
      ...(await leafExtensions(keys.publicKey, request.names)),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}

/**
 * The cookbook profile: what the command of the Chroma cookbook's page on TLS makes with OpenSSL 3.
 * That is RSA-2048, SHA-256, 365 days from now, a subject without a CN, and no extensions except the
 * SAN and the subject key identifier. An address becomes an address; the page makes it a DNS name,
 * which no client matches.
 */
export async function issueCookbook(domain: ServerName, now: Date): Promise<Leaf> {
  const keys = await generateKeys('rsa-2048');
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: opensslSerial(),
    name: toName(COOKBOOK_SUBJECT),
    ...cookbookValidity(now, COOKBOOK_DAYS),
    keys,
    signingAlgorithm: signingAlgorithm(keys.privateKey),
    extensions: [
      alternativeNames([domain]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}

/** OpenSSL's own serial: 159 random bits, as hex. */
function opensslSerial(): string {
  const bytes = randomBytes(20);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('hex');
}
