import * as x509 from './x509.ts';
import type { ServerName } from '../project/domain.ts';
import type { Authority } from './authority.ts';
import {
  backdate,
  exportKey,
  generateKeys,
  leafExtensions,
  leafSubject,
  randomSerial,
  signingAlgorithm,
  type KeyType,
} from './profile.ts';

export interface LeafRequest {
  readonly names: readonly ServerName[];
  readonly keyType: KeyType;
  readonly notAfter: Date;
  readonly now: Date;
}

export interface Leaf {
  readonly certificate: x509.X509Certificate;
  /** PKCS#8 in PEM. */
  readonly keyPem: string;
}

/** Issues a server certificate; it never outlives the authority that signs it. */
export async function issueLeaf(authority: Authority, request: LeafRequest): Promise<Leaf> {
  const keys = await generateKeys(request.keyType);
  const issuer = authority.certificate;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: leafSubject(request.names),
    issuer: issuer.subject,
    notBefore: backdate(request.now),
    notAfter: request.notAfter < issuer.notAfter ? request.notAfter : issuer.notAfter,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: signingAlgorithm(authority.keys.privateKey),
    extensions: [
      ...(await leafExtensions(keys, request.names)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}

/** A server certificate that is its own issuer; CA:FALSE, because rustls refuses a server's CA. */
export async function issueSelfSigned(request: LeafRequest): Promise<Leaf> {
  const keys = await generateKeys(request.keyType);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: leafSubject(request.names),
    notBefore: backdate(request.now),
    notAfter: request.notAfter,
    keys,
    signingAlgorithm: signingAlgorithm(keys.privateKey),
    extensions: await leafExtensions(keys, request.names),
  });
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}
