import type { webcrypto } from 'node:crypto';
import type { Authority, Leaf, LeafRequest } from './issuer.ts';
import {
  exportKey,
  generateKeys,
  leafExtensions,
  randomSerial,
  signingAlgorithm,
  toName,
} from './profile.ts';
import { leafSubject, selfSignedSubject } from './subject.ts';
import { leafValidity } from './validity.ts';
import * as x509 from '../encoding/x509.ts';

/** Issues a server certificate; it never outlives the authority that signs it. */
export async function issueLeaf(authority: Authority, request: LeafRequest): Promise<Leaf> {
  const keys = await generateKeys(request.keyType);
  const certificate = await signLeaf(authority, keys.publicKey, request);
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}

/** The same for a key that is somebody else's: what is signed is its public half. */
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
    // Never through a string: a chain needs the issuer's name byte by byte.
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
