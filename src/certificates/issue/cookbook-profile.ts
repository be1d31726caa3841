import { randomBytes } from 'node:crypto';
import type { ServerName } from '../../project/domain.ts';
import type { Leaf } from './issuer.ts';
import { alternativeNames, exportKey, generateKeys, signingAlgorithm, toName } from './profile.ts';
import { COOKBOOK_SUBJECT } from './subject.ts';
import type { Validity } from './validity.ts';
import * as x509 from '../encoding/x509.ts';

/** Days of validity that the page's command names. */
export const COOKBOOK_DAYS = 365;
const DAY = 86_400_000;

/**
 * What the command of the Chroma cookbook's page on TLS yields with OpenSSL 3, which the page's
 * image has: RSA-2048, SHA-256, 365 days from now, a subject without a CN, no extensions but the
 * SAN and the subject key identifier. Only an address becomes an address, which on the page is a
 * DNS name that no client matches.
 */
export async function issueCookbook(domain: ServerName, now: Date): Promise<Leaf> {
  const keys = await generateKeys('rsa-2048');
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: opensslSerial(),
    name: toName(COOKBOOK_SUBJECT),
    ...cookbookValidity(now),
    keys,
    signingAlgorithm: signingAlgorithm(keys.privateKey),
    extensions: [
      alternativeNames([domain]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keyPem: await exportKey(keys.privateKey) };
}

function cookbookValidity(now: Date): Validity {
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000);
  return { notBefore, notAfter: new Date(notBefore.getTime() + COOKBOOK_DAYS * DAY) };
}

/** OpenSSL's own serial: 159 random bits, as hex. */
function opensslSerial(): string {
  const bytes = randomBytes(20);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('hex');
}
