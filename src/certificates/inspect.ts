import { createPrivateKey, X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { ExplainedError, systemCode } from '../errors.ts';
import { certificateFiles, readIfThere } from './files.ts';

export interface Problem {
  readonly code:
    | 'name-mismatch'
    | 'expired'
    | 'expires-soon'
    | 'not-yet-valid'
    | 'mismatched-pair'
    | 'half-pair'
    | 'corrupt'
    | 'unreadable'
    | 'chain-broken'
    | 'authority-missing'
    | 'key-readable-by-others'
    | 'serves-previous-certificate';
  readonly message: string;
}

export interface CertificateFacts {
  readonly names: readonly string[];
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** `AA:BB:…` */
  readonly fingerprint256: string;
  readonly keyType: string;
  readonly selfSigned: boolean;
  readonly problems: readonly Problem[];
}

export type CertificateState =
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly facts: CertificateFacts }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] };

const DAY = 86_400_000;
/** Days before the end at which a person is warned. */
const WARN_DAYS = 30;

/** Reads what a certificates folder holds, and what is wrong with it. Bad content never throws. */
export async function inspectCertificate(
  folder: string,
  domain: string,
  now: Date = new Date(),
): Promise<CertificateState> {
  const files = certificateFiles(folder);
  let texts: readonly (string | undefined)[];
  try {
    texts = await Promise.all([files.certificate, files.key, files.ca].map(readIfThere));
  } catch (error) {
    return broken(
      'unreadable',
      `The certificate cannot be read (${systemCode(error) ?? 'error'}).`,
    );
  }
  const [certificatePem, keyPem, caPem] = texts;
  if (certificatePem === undefined && keyPem === undefined) return { kind: 'none' };
  if (certificatePem === undefined) return broken('half-pair', 'servercert.pem is missing.');
  if (keyPem === undefined) return broken('half-pair', 'serverkey.pem is missing.');

  const chain = parseChain(certificatePem);
  const [leaf] = chain ?? [];
  if (!leaf) return broken('corrupt', 'servercert.pem is no certificate.');
  const key = parseKey(keyPem);
  if (!key) return broken('corrupt', 'serverkey.pem is no private key, or has a pass phrase.');
  if (!leaf.checkPrivateKey(key)) {
    return broken('mismatched-pair', 'serverkey.pem does not belong to servercert.pem.');
  }
  const problems = [
    ...findDateProblems(leaf, now),
    ...findNameProblems(leaf, domain),
    ...findAuthorityProblems(leaf, caPem),
    ...(await findModeProblems(files.key)),
  ];
  return { kind: 'present', facts: describeLeaf(leaf, problems) };
}

/**
 * The certificates that clients of this workspace trust, in PEM.
 *
 * @throws ExplainedError `no-trust-anchor`
 */
export async function readTrustAnchors(folder: string): Promise<string> {
  const pem = await readIfThere(certificateFiles(folder).ca);
  if (pem !== undefined && parseChain(pem)) return pem;
  throw new ExplainedError({
    code: 'no-trust-anchor',
    what: pem === undefined ? 'ca.pem is missing.' : 'ca.pem is no certificate.',
    why: 'Without it the server cannot be verified.',
    next: 'Generate the certificate again.',
    action: 'regenerateCertificate',
  });
}

/** The names a certificate is good for, addresses in canonical form. */
export function readNames(certificate: X509Certificate): readonly string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .map((entry) => /^(DNS|IP Address):(.+)$/.exec(entry))
    .filter((match) => match !== null)
    .map(([, kind, value = '']) =>
      kind === 'DNS' || isIP(value) !== 6
        ? value
        : new URL(`http://[${value}]/`).hostname.slice(1, -1),
    );
}

function parseChain(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  try {
    return blocks?.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

function parseKey(pem: string): ReturnType<typeof createPrivateKey> | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function broken(code: Problem['code'], message: string): CertificateState {
  return { kind: 'broken', problems: [{ code, message }] };
}

function describeLeaf(leaf: X509Certificate, problems: readonly Problem[]): CertificateFacts {
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  return {
    names: readNames(leaf),
    subject: leaf.subject,
    issuer: leaf.issuer,
    serial: leaf.serialNumber,
    notBefore: new Date(leaf.validFrom),
    notAfter: new Date(leaf.validTo),
    fingerprint256: leaf.fingerprint256,
    keyType:
      asymmetricKeyType === 'rsa'
        ? `RSA ${asymmetricKeyDetails?.modulusLength ?? '?'}`
        : `ECDSA ${asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType ?? '?'}`,
    selfSigned: leaf.subject === leaf.issuer && leaf.verify(leaf.publicKey),
    problems,
  };
}

function findDateProblems(leaf: X509Certificate, now: Date): readonly Problem[] {
  const left = new Date(leaf.validTo).getTime() - now.getTime();
  if (left < 0) return [{ code: 'expired', message: `It expired on ${leaf.validTo}.` }];
  if (new Date(leaf.validFrom) > now) {
    return [{ code: 'not-yet-valid', message: `It is not valid before ${leaf.validFrom}.` }];
  }
  // A certificate made for a few days is not "soon" from its first minute on.
  const lifetime = new Date(leaf.validTo).getTime() - new Date(leaf.validFrom).getTime();
  const warning = Math.min(WARN_DAYS * DAY, lifetime / 3);
  const days = Math.floor(left / DAY);
  return left < warning
    ? [{ code: 'expires-soon', message: `It expires in ${days} ${days === 1 ? 'day' : 'days'}.` }]
    : [];
}

function findNameProblems(leaf: X509Certificate, domain: string): readonly Problem[] {
  if (covers(leaf, domain)) return [];
  return [{ code: 'name-mismatch', message: `It does not cover ${domain}.` }];
}

function covers(leaf: X509Certificate, domain: string): boolean {
  if (isIP(domain)) return leaf.checkIP(domain) !== undefined;
  if (domain.startsWith('*.')) return readNames(leaf).includes(domain.toLowerCase());
  return leaf.checkHost(domain, { subject: 'never' }) !== undefined;
}

function findAuthorityProblems(
  leaf: X509Certificate,
  caPem: string | undefined,
): readonly Problem[] {
  if (caPem === undefined) {
    return [{ code: 'authority-missing', message: 'ca.pem is missing: nothing can verify it.' }];
  }
  const authorities = parseChain(caPem) ?? [];
  const signed = authorities.some(
    (authority) => authority.subject === leaf.issuer && leaf.verify(authority.publicKey),
  );
  return signed
    ? []
    : [{ code: 'chain-broken', message: 'It was not signed by the authority in ca.pem.' }];
}

async function findModeProblems(keyFile: string): Promise<readonly Problem[]> {
  if (process.platform === 'win32') return [];
  const { mode } = await stat(keyFile);
  return (mode & 0o077) === 0
    ? []
    : [
        {
          code: 'key-readable-by-others',
          message: 'serverkey.pem can be read by other users of this machine (chmod 600 it).',
        },
      ];
}
