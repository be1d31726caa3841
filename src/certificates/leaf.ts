import type { CertificateName } from '../project/certificate-name.ts';
import type { Authority } from './authority.ts';
import {
  backdate,
  endOfValidity,
  exportKey,
  generateKeys,
  leafExtensions,
  leafSubject,
  randomSerial,
  signingAlgorithm,
  type KeyType,
} from './profile.ts';
import * as x509 from './x509.ts';

export interface LeafRequest {
  readonly names: readonly CertificateName[];
  readonly keyType: KeyType;
  readonly days: number;
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
  const notBefore = backdate(request.now);
  const notAfter = endOfValidity(notBefore, request.days);
  const identifier = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: leafSubject(request.names),
    // Never through a string: a chain needs the issuer's name byte by byte.
    issuer: issuer.subjectName,
    notBefore: notBefore > issuer.notBefore ? notBefore : issuer.notBefore,
    notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: signingAlgorithm(authority.privateKey),
    extensions: [
      ...(await leafExtensions(keys, request.names)),
      identifier
        ? new x509.AuthorityKeyIdentifierExtension(identifier.keyId)
        : await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}

/** A server certificate that is its own issuer; CA:FALSE, because rustls refuses a server's CA. */
export async function issueSelfSigned(request: LeafRequest): Promise<Leaf> {
  const keys = await generateKeys(request.keyType);
  const notBefore = backdate(request.now);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ C: ['US'] }, ...leafSubject(request.names)],
    notBefore,
    notAfter: endOfValidity(notBefore, request.days),
    keys,
    signingAlgorithm: signingAlgorithm(keys.privateKey),
    extensions: [
      ...(await leafExtensions(keys, request.names)),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}
