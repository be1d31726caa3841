import { ENGINES, KEY_TYPES } from '../../../../src/project/settings.ts';
import type { Fault } from './controls.ts';

/** How each verifier words why it refuses: another reason would be an accident, no verdict. */
export const REASONS = {
  'Python 3.11': openssl(/(Hostname|IP address) mismatch/),
  'Python 3.13': openssl(/(Hostname|IP address) mismatch/),
  'pyca/cryptography': {
    name: /no matching subjectAltName/,
    validity: /not valid at validation time/,
    foreign: /candidates exhausted/,
    constraints: /(no permitted|excluded) name constraints? matched SAN/,
    signer: /candidates exhausted/,
  },
  'Node.js': openssl(/does not match certificate's altnames/),
  // Bun's, by Node.js's interface: what desktop VS Code has too.
  BoringSSL: {
    name: /does not match certificate's altnames/,
    validity: /certificate has expired|certificate is not yet valid/,
    foreign: /self.signed certificate|unable to verify the first certificate/,
    // It knows no constraint to addresses, and refuses what it cannot judge.
    constraints: /permitted subtree violation|unsupported name constraint type/,
    signer: /unable to verify the first certificate/,
  },
  Go: {
    name: /certificate is valid for/,
    validity: /expired or is not yet valid/,
    foreign: /signed by unknown authority/,
    constraints: /not authorized to sign for this name/,
    signer: /parent certificate cannot sign/,
  },
  'Java 17': {
    name: /No subject alternative/,
    validity: /NotAfter|NotBefore/,
    foreign: /unable to find valid certification path|does not chain with any of the trust anchors/,
    constraints: /no such refusal is known/,
    signer: /is not a CA certificate|keyCertSign bit is not set/,
  },
  rustls: {
    name: /certificate not valid for name/,
    validity: /certificate expired|certificate not valid yet/,
    foreign: /UnknownIssuer|BadSignature/,
    constraints: /NameConstraintViolation/,
    signer: /EndEntityUsedAsCa/,
  },
  curl: openssl(/no alternative certificate subject name matches/),
  Chromium: {
    name: /ERR_CERT_COMMON_NAME_INVALID/,
    validity: /ERR_CERT_DATE_INVALID/,
    foreign: /ERR_CERT_AUTHORITY_INVALID/,
    constraints: /ERR_CERT_INVALID/,
    signer: /ERR_CERT_(AUTHORITY_)?INVALID/,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Fault, RegExp>>>>;

export type Verifier = keyof typeof REASONS;
export const VERIFIERS = Object.keys(REASONS) as readonly Verifier[];

/** Where a verifier does not do what is otherwise expected of all, and why. */
export interface Exception {
  readonly verifier: Verifier;
  /** Of a subject or a control. */
  readonly titles: readonly string[];
  readonly answer: RegExp;
  /** Only of addresses: host names are accepted as ever. */
  readonly onlyAddresses?: true;
  readonly why: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    verifier: 'BoringSSL',
    titles: [
      ...KEY_TYPES.flatMap((keyType) =>
        ENGINES.map((engine) => `local-ca, ${keyType}, by ${engine}`),
      ),
      'local-ca, addresses only',
      'local-ca, the client trusts servercert.pem',
    ],
    answer: /unsupported name constraint type/,
    onlyAddresses: true,
    why: 'By host name only. BoringSSL (Bun, and Node.js in Electron) cannot judge addresses that an authority is constrained to. So who asks by a host name is shown a certificate without addresses (`servercert-names.pem`). By address it accepts a self-signed certificate, and a leaf that is trusted by itself as a partial chain, as Chroma TLS does for its own heartbeat.',
  },
  {
    verifier: 'pyca/cryptography',
    titles: [
      'the Chroma Cookbook’s openssl command',
      ...ENGINES.map((engine) => `the kind seed, by ${engine}`),
    ],
    answer: /2\.5\.29\.35: Certificate is missing required extension/,
    why: 'It has no authority key identifier.',
  },
  {
    verifier: 'pyca/cryptography',
    titles: ['openssl req -x509 by its defaults'],
    answer: /cA must not be asserted/,
    why: 'It is an authority (CA:TRUE), which is no server.',
  },
  {
    verifier: 'rustls',
    titles: ['openssl req -x509 by its defaults'],
    answer: /CaUsedAsEndEntity/,
    why: 'It is an authority (CA:TRUE), which is no server.',
  },
  {
    verifier: 'Java 17',
    titles: ['expired, self-signed'],
    answer: /^OK$/,
    why: 'Java does not look at the dates of a certificate that is itself trusted.',
  },
  {
    verifier: 'Java 17',
    titles: [
      'a host name signed with the stolen authority key',
      'an address signed with the stolen authority key',
    ],
    answer: /^OK$/,
    why: 'Java heeds the name constraints of an intermediate, not those of a trusted root: to a Java client, guard the authority’s key, or do not keep it.',
  },
  {
    verifier: 'rustls',
    titles: ['a host name signed with the stolen key of a self-signed server'],
    answer: /^OK$/,
    why: 'rustls takes any trusted certificate for an authority, whatever it says of itself: to a Rust client, a stolen self-signed key signs every name. A local authority has no such hole.',
  },
];

export function exceptionsOf(verifier: Verifier): readonly Exception[] {
  return EXCEPTIONS.filter((each) => each.verifier === verifier);
}

export function findException(verifier: Verifier, title: string): Exception | undefined {
  return exceptionsOf(verifier).find(({ titles }) => titles.includes(title));
}

function openssl(name: RegExp): Readonly<Record<Fault, RegExp>> {
  return {
    name,
    validity: /certificate has expired|certificate is not yet valid/,
    foreign: /self-signed certificate/,
    constraints: /(permitted|excluded) subtree violation/,
    signer: /invalid CA certificate|key usage does not include certificate signing/,
  };
}
