import type { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { parseServerName, urlHost } from '../../project/domain.ts';
import {
  findAuthorityDateProblems,
  readAuthorities,
  validityOf,
} from '../inspect/date-problems.ts';
import { readCommonName } from '../encoding/distinguished-name.ts';
import { findLeafProblems } from '../inspect/inspect.ts';
import { purposesOf } from '../inspect/profile-problems.ts';
import { wordRefusal } from './refusal-words.ts';
import type { PemFiles } from '../issue/issuer.ts';
import type { ImportWarning } from './import-warning.ts';
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
 * Looks at a certificate as the strictest clients will, and has one try it. Refuses nothing. What the
 * client says is always said: in the words of the warning that says the same, or in its own.
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
  const message = `A client refused it in a trial connection: ${words}.`;
  return [...found, { code: 'refused-by-client', message }];
}

/** Who takes which key was seen with Chromium, curl, Python, Node.js, Envoy and OpenSSL. */
export function findKeyWarnings(certificate: X509Certificate): readonly ImportWarning[] {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < SHORTEST_KEY) {
    const message = `Its key has ${bits} bits; curl, Python and Envoy take ${SHORTEST_KEY} or more.`;
    return [{ code: 'weak-key', message }];
  }
  if (asymmetricKeyType === 'ec' && !namesCurve(certificate)) {
    const message =
      'Its key writes its curve out instead of naming it, which RFC 5480 forbids: many clients refuse it.';
    return [{ code: 'limited-key', message }];
  }
  const kind =
    asymmetricKeyType === 'ed25519'
      ? 'Ed25519'
      : asymmetricKeyDetails?.namedCurve === 'secp521r1'
        ? 'P-521'
        : undefined;
  if (kind === undefined) return [];
  const message = `Browsers built on Chromium take no ${kind} key; curl, Python, Node.js and the servers do.`;
  return [{ code: 'limited-key', message }];
}

/** OpenSSL recognizes a curve that it knows in either form, so the certificate itself has to say. */
function namesCurve({ raw }: X509Certificate): boolean {
  const { parameters } = AsnConvert.parse(raw, Certificate).tbsCertificate.subjectPublicKeyInfo
    .algorithm;
  return parameters instanceof ArrayBuffer && new Uint8Array(parameters)[0] === OBJECT_IDENTIFIER;
}

/** What of an authority in the chain has clients refuse what it signed. */
function findAuthorityWarnings(authority: X509Certificate): readonly ImportWarning[] {
  const who = `Its authority "${readCommonName(authority.subject)}"`;
  const bits = authority.publicKey.asymmetricKeyDetails?.modulusLength;
  return [
    ...(bits !== undefined && bits < SHORTEST_KEY
      ? [
          {
            code: 'weak-key',
            message: `${who} has a key of ${bits} bits; clients take ${SHORTEST_KEY} or more.`,
          } as const,
        ]
      : []),
    ...(servesTls(authority)
      ? []
      : [
          {
            code: 'no-server-usage',
            message: `${who} may sign no server’s certificate (no serverAuth in its extended key usage).`,
          } as const,
        ]),
  ];
}

/** Whom clients trust by itself they ask less: what it must be is for the trial to tell. */
function findSignerWarnings({ ca, subject }: X509Certificate): readonly ImportWarning[] {
  if (ca) return [];
  const message = `"${readCommonName(subject)}" signed it, and is not marked as an authority (CA:TRUE).`;
  return [{ code: 'not-an-authority', message }];
}

function servesTls(certificate: X509Certificate): boolean {
  const purposes = purposesOf(certificate);
  return purposes.length === 0 || purposes.includes(SERVER_AUTH) || purposes.includes(ANY_USAGE);
}

function findUsageWarnings(certificate: X509Certificate): readonly ImportWarning[] {
  const { ca } = certificate;
  return [
    ...(servesTls(certificate)
      ? []
      : [
          {
            code: 'no-server-usage',
            message: 'It was not made for a server (no serverAuth in its extended key usage).',
          } as const,
        ]),
    ...(ca
      ? [
          {
            code: 'authority-as-server',
            message: 'It is an authority’s certificate; Rust clients refuse one as a server’s.',
          } as const,
        ]
      : []),
  ];
}

/** A root's own signature counts for nothing: it is trusted by itself. */
export function findSignatureWarnings(chain: readonly X509Certificate[]): readonly ImportWarning[] {
  const weak = chain
    .filter(({ subject, issuer }) => subject !== issuer)
    .map(({ raw }) => AsnConvert.parse(raw, Certificate).signatureAlgorithm.algorithm)
    .map((algorithm) => WEAK_SIGNATURES[algorithm])
    .find((name) => name !== undefined);
  if (weak === undefined) return [];
  return [{ code: 'weak-signature', message: `It is signed with ${weak}, which clients refuse.` }];
}
