import type { X509Certificate } from 'node:crypto';
import { ExplainedError } from '../../system/errors.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { validFirst } from './date-problems.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { readNamesLeaf } from './names-leaf.ts';
import { findIssuers, isSelfSigned } from './signatures.ts';

/** The longest chain that is followed. Servers have two or three certificates in theirs. */
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
  const anchors = chooseAnchors(parseCertificates(await readOrEmpty(files.certificate)), caPem);
  if (anchors.length > 0) return anchors.map(String).join('');
  throw new ExplainedError({
    code: 'no-trust-anchor',
    what: caPem === undefined ? 'ca.pem is missing.' : 'ca.pem is not a certificate.',
    why: 'Without it the server cannot be verified.',
    next: 'Generate the certificate again.',
    action: 'regenerateCertificate',
  });
}

/**
 * The leaf on disk, in PEM, and the one for host names alone that belongs to it; none if they were not
 * signed by an authority that clients of this workspace trust.
 */
export async function readVerifiedLeaves(folder: string): Promise<readonly string[]> {
  const files = certificateFiles(folder);
  const chain = parseCertificates(await readOrEmpty(files.certificate));
  const [leaf] = chain;
  const anchors = chooseAnchors(chain, await readIfThere(files.ca).catch(() => ''));
  if (!leaf || !findPath(leaf, chain, anchors, new Date())) return [];
  const names = await readNamesLeaf(folder, chain);
  return [leaf, ...(names ? [names] : [])].map(String);
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
  if (caPem !== undefined) return parseCertificates(caPem);
  return leaf && isSelfSigned(leaf) ? [leaf] : [];
}

/**
 * Follows the signatures up from a certificate to a trusted one. If two certificates could have
 * signed, such as an authority and its renewal, the valid one is taken, as clients do.
 *
 * @returns the certificate, its authorities, and the trusted one last
 */
export function findPath(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  now: Date,
): readonly X509Certificate[] | undefined {
  if (anchors.some(({ fingerprint256 }) => fingerprint256 === leaf.fingerprint256)) return [leaf];
  const path: X509Certificate[] = [];
  let current: X509Certificate | undefined = leaf;
  while (current && !path.includes(current) && path.length < LONGEST_CHAIN) {
    path.push(current);
    const [anchor] = findIssuers(current, validFirst(anchors, now));
    if (anchor) return [...path, anchor];
    [current] = findIssuers(current, validFirst(chain, now));
  }
  return undefined;
}

async function readOrEmpty(file: string): Promise<string> {
  return (await readIfThere(file).catch(() => undefined)) ?? '';
}
