import type { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { parseServerName, urlHost } from '../../project/domain.ts';
import { findAuthorityDateProblems, readAuthorities } from '../inspect/date-problems.ts';
import { validityOf } from '../issue/validity.ts';
import { readCommonName } from '../encoding/distinguished-name.ts';
import { findLeafProblems } from '../inspect/inspect.ts';
import { purposesOf } from '../inspect/profile-problems.ts';
import { wordRefusal } from './refusal-words.ts';
import type { PemFiles } from '../issue/issuer.ts';
import type { ImportWarning } from '../inspect/certificate-state.ts';
import { tryHandshake } from './trial-handshake.ts';

/** RFC 5280 section 4.2.1.12. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';

/** Bits of an RSA key. */
const SHORTEST_KEY = 2048;

/** The tag in DER. */
const OBJECT_IDENTIFIER = 6;

/** RFC 8017 appendix C, RFC 5758 section 3.2. */
const WEAK_SIGNATURES: Readonly<Partial<Record<string, string>>> = {
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
};

/**
 * Checks a certificate as the strictest clients do, and has one client try it. It refuses nothing.
 * What the client says is always reported, once.
 *
 * @param path from the leaf to the certificate that clients trust
 */
export async function findImportWarnings(
  files: PemFiles,
  path: readonly X509Certificate[],
  { domain, now }: { readonly domain: string; readonly now: Date },
): Promise<readonly ImportWarning[]> {
  const [leaf, ...authorities] = path;
  if (!leaf) return [];
  const dates = readAuthorities(path);
  const found = [
    ...findLeafProblems(leaf, domain, now),
    ...dates.problems,
    ...findAuthorityDateProblems(dates.authorities, validityOf(leaf), now),
    ...findKeyWarnings(leaf),
    ...findUsageWarnings(leaf),
    ...authorities.flatMap(findAuthorityWarnings),
    ...authorities.slice(0, -1).flatMap(findSignerWarnings),
    ...findSignatureWarnings(path),
  ];
  const refusal = await tryHandshake(
    files,
    urlHost(parseServerName(domain)).replace(/^\[|\]$/g, ''),
  );
  if (!refusal) return found;
  const { words, sameAs } = wordRefusal(refusal);
  if (found.some(({ code }) => sameAs.includes(code))) return found;
  const what = `A client refused it in a trial connection: ${words}.`;
  return [...found, { code: 'refused-by-client', what }];
}

/** What clients hold against a certificate's key, seen with Chromium, curl, Python, Node.js, Envoy and OpenSSL. */
export function findKeyWarnings(certificate: X509Certificate): readonly ImportWarning[] {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < SHORTEST_KEY) {
    return warn(
      'weak-key',
      `Its key has ${bits} bits; curl, Python and Envoy take ${SHORTEST_KEY} or more.`,
    );
  }
  if (asymmetricKeyType === 'ec' && !namesCurve(certificate)) {
    return warn(
      'limited-key',
      'Its key writes its curve out instead of naming it, which RFC 5480 forbids: many clients refuse it.',
    );
  }
  const isP521 = asymmetricKeyDetails?.namedCurve === 'secp521r1';
  const kind = asymmetricKeyType === 'ed25519' ? 'Ed25519' : isP521 ? 'P-521' : undefined;
  if (kind === undefined) return [];
  return warn(
    'limited-key',
    `Browsers built on Chromium take no ${kind} key; curl, Python, Node.js and the servers do.`,
  );
}

/** OpenSSL recognizes a known curve in either form, so the certificate itself is read. */
function namesCurve({ raw }: X509Certificate): boolean {
  const { parameters } = AsnConvert.parse(raw, Certificate).tbsCertificate.subjectPublicKeyInfo
    .algorithm;
  return parameters instanceof ArrayBuffer && new Uint8Array(parameters)[0] === OBJECT_IDENTIFIER;
}

/** Why clients refuse what an authority in the chain signed. */
function findAuthorityWarnings(authority: X509Certificate): readonly ImportWarning[] {
  const who = `Its authority "${readCommonName(authority.subject)}"`;
  const bits = authority.publicKey.asymmetricKeyDetails?.modulusLength ?? Infinity;
  const isWeak = bits < SHORTEST_KEY;
  const size = `${who} has a key of ${bits} bits; clients take ${SHORTEST_KEY} or more.`;
  const usage = `${who} may not sign server certificates (no serverAuth in its extended key usage).`;
  return [
    ...(isWeak ? warn('weak-key', size) : []),
    ...(servesTls(authority) ? [] : warn('no-server-usage', usage)),
  ];
}

/** Clients demand less of an authority that they trust directly, so the trial judges that one. */
function findSignerWarnings({ ca, subject }: X509Certificate): readonly ImportWarning[] {
  const what = `"${readCommonName(subject)}" signed it, and is not marked as an authority (CA:TRUE).`;
  return ca ? [] : warn('not-an-authority', what);
}

function servesTls(certificate: X509Certificate): boolean {
  const purposes = purposesOf(certificate);
  return purposes.length === 0 || purposes.includes(SERVER_AUTH) || purposes.includes(ANY_USAGE);
}

function findUsageWarnings(leaf: X509Certificate): readonly ImportWarning[] {
  const usage = 'It was not made for a server (no serverAuth in its extended key usage).';
  const role = 'It is an authority’s certificate; Rust clients refuse one as a server’s.';
  return [
    ...(servesTls(leaf) ? [] : warn('no-server-usage', usage)),
    ...(leaf.ca ? warn('authority-as-server', role) : []),
  ];
}

/** Weak signatures in a chain. A root's own does not count, because it is trusted by itself. */
export function findSignatureWarnings(chain: readonly X509Certificate[]): readonly ImportWarning[] {
  const weak = chain
    .filter(({ subject, issuer }) => subject !== issuer)
    .map(({ raw }) => AsnConvert.parse(raw, Certificate).signatureAlgorithm.algorithm)
    .map((algorithm) => WEAK_SIGNATURES[algorithm])
    .find((name) => name !== undefined);
  if (weak === undefined) return [];
  return warn('weak-signature', `It is signed with ${weak}, which clients refuse.`);
}

function warn(code: ImportWarning['code'], what: string): readonly [ImportWarning] {
  return [{ code, what }];
}
