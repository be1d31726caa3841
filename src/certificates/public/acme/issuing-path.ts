import { X509Certificate } from 'node:crypto';
import { get as getPlain } from 'node:http';
import { parseCertificates } from '../../encoding/pem-certificates.ts';
import { findChain } from '../../inspect/chain-search.ts';
import { isSelfSigned } from '../../inspect/signatures.ts';
import { readPublicRoots } from '../../inspect/system-roots.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { quietly } from '../../../system/quietly.ts';
import { withTimeLimit } from '../../../system/time-limit.ts';

export interface RootSearch {
  /** PEM, the leaf first. */
  readonly chain: string;
  /** Other chains of the same certificate, and the authorities that the user named. PEM. */
  readonly more: readonly string[];
  readonly signal: AbortSignal;
}

/** Issuers above the top one that are fetched; a chain has one or two. */
const MOST_FETCHED = 4;
/** Milliseconds. */
const FETCH_LIMIT = 20_000;
const LONGEST_CERTIFICATE = 100_000;

/** What an issued certificate stands on. */
export interface IssuingPath {
  /** PEM: the leaf and what lies between it and the root. */
  readonly chain: string;
  /** PEM; none where it is a public one, which every client has. */
  readonly root?: string;
}

/**
 * The way from an issued certificate to its root: by the chain that the authority prefers where that
 * leads to a root that is known, else by any other. The root may come from anywhere, in clear too: only
 * one that signed what the authority sent over verified TLS counts.
 *
 * @throws ExplainedError `issuing-root-unknown`, `acme-chain-unreadable`
 */
export async function findIssuingPath({ chain, more, signal }: RootSearch): Promise<IssuingPath> {
  const [leaf, ...issuers] = parseCertificates(chain);
  if (leaf === undefined) throw explainNoChain();
  const roots = readPublicRoots();
  const others = more.flatMap(parseCertificates);
  const preferred = [...issuers, ...others.filter(isSelfSigned)];
  const pool = [...issuers, ...others];
  for (let fetched = 0; ; fetched += 1) {
    for (const candidates of [preferred, pool]) {
      const found = findChain(leaf, candidates, (signed) => roots.findIssuers(signed));
      if (found.kind === 'incomplete') continue;
      const path = [leaf, ...found.intermediates].map(String).join('');
      return {
        chain: path,
        ...(roots.has(found.anchor) ? {} : { root: found.anchor.toString() }),
      };
    }
    const top = topOf(leaf, issuers);
    const issuer = fetched < MOST_FETCHED ? await fetchIssuer(top, signal) : undefined;
    if (issuer === undefined) throw explainUnknown(top);
    issuers.push(issuer);
    preferred.push(issuer);
    pool.push(issuer);
  }
}

/** The last of the preferred chain: the one whose issuer is missing. */
function topOf(leaf: X509Certificate, issuers: readonly X509Certificate[]): X509Certificate {
  const found = findChain(leaf, issuers, () => []);
  return found.kind === 'incomplete' ? found.top : found.anchor;
}

/** What a certificate names as its issuer's own (RFC 5280, section 4.2.2.1), if it really is. */
async function fetchIssuer(
  certificate: X509Certificate,
  signal: AbortSignal,
): Promise<X509Certificate | undefined> {
  const [address] = certificate.infoAccess?.match(/(?<=CA Issuers - URI:)http:\S+/) ?? [];
  if (address === undefined) return undefined;
  const content = await withTimeLimit(FETCH_LIMIT, signal, (limit) => fetch(address, limit)).catch(
    () => undefined,
  );
  signal.throwIfAborted();
  const issuer = content && quietly(() => new X509Certificate(content));
  const isIssuer =
    issuer !== undefined &&
    certificate.checkIssued(issuer) &&
    (quietly(() => certificate.verify(issuer.publicKey)) ?? false);
  return isIssuer ? issuer : undefined;
}

function fetch(address: string, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    getPlain(address, { signal, agent: false }, (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length > LONGEST_CERTIFICATE) response.destroy(new Error('It is not a certificate.'));
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve(Buffer.concat(parts));
      });
    }).on('error', reject);
  });
}

function explainUnknown({ issuer }: X509Certificate): ExplainedError {
  const name = issuer.replaceAll('\n', ', ');
  return new ExplainedError({
    code: 'issuing-root-unknown',
    what: 'The certificate was issued and is kept, but its root is not known here.',
    why: `Without the certificate of ${name} no client can verify the server.`,
    next: 'Get it from the authority, then request again with it: the order continues.',
    inTerminal:
      'Get it from the authority, then request again with --directory-root FILE: the order continues.',
  });
}

function explainNoChain(): ExplainedError {
  return new ExplainedError({
    code: 'acme-chain-unreadable',
    what: 'What the authority issued cannot be read as certificates.',
    next: 'Try again; if it stays, report it to the authority.',
  });
}
