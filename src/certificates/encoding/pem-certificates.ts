import { createHash, X509Certificate } from 'node:crypto';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** The certificates of a PEM text; none where one of them is damaged. */
export function parseCertificates(pem: string): readonly X509Certificate[] {
  try {
    return splitPem(pem).map(readBlock);
  } catch {
    return [];
  }
}

/**
 * Kept, because a folder's certificates are read again and again. By a hash: the text of a block would hold
 * on to the whole text that it is cut from, which may have a key.
 */
const parsed = new Map<string, X509Certificate>();
const MOST_PARSED = 50;

function readBlock(block: string): X509Certificate {
  const hash = createHash('sha256').update(block).digest('base64');
  const known = parsed.get(hash);
  if (known) return known;
  const certificate = new X509Certificate(block);
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(hash, certificate);
  return certificate;
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

/** The SHA-256 fingerprint of the first certificate in a PEM text, where there is one. */
export function fingerprintOfPem(pem: string | Buffer | undefined): string | undefined {
  const [first] = splitPem(pem?.toString() ?? '');
  return first === undefined ? undefined : parseCertificates(first)[0]?.fingerprint256;
}
