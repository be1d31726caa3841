import type { X509Certificate } from 'node:crypto';
import { ExplainedError } from '../errors.ts';
import { parseChain } from './chain.ts';
import { certificateFiles, readIfThere } from './files.ts';
import { findIssuers, isSelfSigned } from './signatures.ts';

/** Links of a chain; those of servers have two or three, and each is a signature to verify. */
const LONGEST_CHAIN = 10;

/**
 * The certificates that clients of this workspace trust, in PEM: those of ca.pem. A self-signed
 * pair from elsewhere needs no ca.pem: its certificate vouches for itself.
 *
 * @throws ExplainedError `no-trust-anchor`
 */
export async function readTrustAnchors(folder: string): Promise<string> {
  const files = certificateFiles(folder);
  const caPem = await readIfThere(files.ca).catch(() => '');
  const anchors = chooseAnchors(parseChain(await readOrEmpty(files.certificate)), caPem);
  if (anchors.length > 0) return anchors.map(String).join('');
  throw new ExplainedError({
    code: 'no-trust-anchor',
    what: caPem === undefined ? 'ca.pem is missing.' : 'ca.pem is no certificate.',
    why: 'Without it the server cannot be verified.',
    next: 'Generate the certificate again.',
    action: 'regenerateCertificate',
  });
}

/**
 * The leaf on disk, in PEM, if it was signed by an authority that clients of this workspace trust;
 * undefined otherwise.
 */
export async function readVerifiedLeaf(folder: string): Promise<string | undefined> {
  const files = certificateFiles(folder);
  const chain = parseChain(await readOrEmpty(files.certificate));
  const [leaf] = chain;
  const anchors = chooseAnchors(chain, await readIfThere(files.ca).catch(() => ''));
  return leaf && findAnchor(leaf, chain, anchors) ? leaf.toString() : undefined;
}

/**
 * The certificates that vouch for a chain.
 *
 * @param caPem the text of ca.pem; undefined where there is no such file
 */
export function chooseAnchors(
  [leaf]: readonly X509Certificate[],
  caPem: string | undefined,
): readonly X509Certificate[] {
  if (caPem !== undefined) return parseChain(caPem);
  return leaf && isSelfSigned(leaf) ? [leaf] : [];
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
    const [anchor] = findIssuers(current, anchors);
    if (anchor) return anchor;
    seen.add(current);
    [current] = findIssuers(current, chain);
  }
  return undefined;
}

async function readOrEmpty(file: string): Promise<string> {
  return (await readIfThere(file).catch(() => undefined)) ?? '';
}
