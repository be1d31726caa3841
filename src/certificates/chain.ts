import { X509Certificate } from 'node:crypto';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
/** Links of a chain; those of servers have two or three, and each is a signature to verify. */
const LONGEST_CHAIN = 10;

/** The certificates of a PEM text; none where one of them is damaged. */
export function parseChain(pem: string): readonly X509Certificate[] {
  try {
    return splitPem(pem).map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

/**
 * The certificate blocks of a PEM text. They are only told apart: Node.js reads a single
 * certificate, and a library would weigh on the activation.
 */
export function splitPem(pem: string): readonly string[] {
  const blocks: string[] = [];
  // No regular expression: it would look for the end again and again where there is none.
  for (let start = pem.indexOf(BEGIN); start >= 0;) {
    const end = pem.indexOf(END, start);
    if (end < 0) break;
    blocks.push(pem.slice(start, end + END.length));
    start = pem.indexOf(BEGIN, end);
  }
  return blocks;
}

/** Whether a certificate is its own issuer, by name and by signature. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** Whether one certificate was signed by another, by name and by signature. */
export function isIssuedBy(signed: X509Certificate, issuer: X509Certificate): boolean {
  return signed.checkIssued(issuer) && signed.verify(issuer.publicKey);
}

/** Follows the signatures up from a certificate until a trusted one is reached. */
export function findAnchor(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
): X509Certificate | undefined {
  if (anchors.some(({ fingerprint256 }) => fingerprint256 === leaf.fingerprint256)) return leaf;
  const seen = new Set<X509Certificate>();
  let current: X509Certificate | undefined = leaf;
  while (current && !seen.has(current) && seen.size < LONGEST_CHAIN) {
    const signed: X509Certificate = current;
    const isIssuer = (issuer: X509Certificate): boolean => isIssuedBy(signed, issuer);
    const anchor = anchors.find(isIssuer);
    if (anchor) return anchor;
    seen.add(signed);
    current = chain.find(isIssuer);
  }
  return undefined;
}
