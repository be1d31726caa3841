import { systemCode } from '../../system/errors.ts';
import type { ImportWarning } from '../inspect/certificate-state.ts';

/** What a verifier's refusal means, for a user. */
export interface Refusal {
  /** The reason, as the end of a sentence. */
  readonly words: string;
  /** The warnings that say the same; where one of them was given, this is left out. */
  readonly sameAs: readonly ImportWarning['code'][];
}

/**
 * Says in words why a TLS library refuses a certificate. For an unknown reason it gives the
 * library's code, so that nothing is lost.
 */
export function wordRefusal(error: Error): Refusal {
  const code = systemCode(error) ?? '';
  const known = BY_CODE[code] ?? BY_TEXT.find(([pattern]) => pattern.test(error.message))?.[1];
  if (known) return known;
  const name = code === '' || code === 'UNSPECIFIED' ? error.message : code;
  return { words: `its TLS library calls it "${name}"`, sameAs: [] };
}

const INCOMPLETE: Refusal = {
  words: 'the chain does not lead to the authority that clients trust',
  sameAs: [],
};
const WEAK_KEY: Refusal = { words: 'a key in the chain is too short', sameAs: ['weak-key'] };
const WEAK_DIGEST: Refusal = {
  words: 'a signature in the chain is by a digest that is too weak',
  sameAs: ['weak-signature'],
};
const CONSTRAINED: Refusal = {
  words: 'an authority in the chain may not sign for this name (name constraints)',
  sameAs: [],
};

/** Node.js's names of what OpenSSL and BoringSSL find, and of what a server's key or chain is. */
const BY_CODE: Readonly<Partial<Record<string, Refusal>>> = {
  CERT_HAS_EXPIRED: {
    words: 'a certificate in the chain has expired',
    sameAs: ['expired', 'authority-expired'],
  },
  CERT_NOT_YET_VALID: {
    words: 'a certificate in the chain is not valid yet',
    sameAs: ['not-yet-valid', 'authority-not-yet-valid'],
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    words: 'it is not good for the name that was asked for',
    sameAs: ['name-mismatch'],
  },
  INVALID_PURPOSE: {
    words: 'a certificate in the chain was made for another purpose than a server',
    // OpenSSL reports this last for a certificate that is not an authority.
    sameAs: ['no-server-usage', 'not-an-authority'],
  },
  INVALID_CA: {
    words: 'a certificate in the chain signed another, and is not marked as an authority',
    sameAs: ['not-an-authority'],
  },
  PATH_LENGTH_EXCEEDED: {
    words: 'an authority in the chain may have no other authority under it (path length)',
    sameAs: [],
  },
  CERT_SIGNATURE_FAILURE: { words: 'a signature in the chain does not hold', sameAs: [] },
  CERT_CHAIN_TOO_LONG: { words: 'the chain is too long', sameAs: [] },
  CERT_REJECTED: { words: 'the authority is not trusted for servers', sameAs: [] },
  CERT_UNTRUSTED: { words: 'the authority is not trusted for servers', sameAs: [] },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: INCOMPLETE,
  UNABLE_TO_GET_ISSUER_CERT: INCOMPLETE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: INCOMPLETE,
  SELF_SIGNED_CERT_IN_CHAIN: INCOMPLETE,
  DEPTH_ZERO_SELF_SIGNED_CERT: INCOMPLETE,
  ERR_SSL_EE_KEY_TOO_SMALL: WEAK_KEY,
  ERR_SSL_CA_KEY_TOO_SMALL: WEAK_KEY,
  ERR_SSL_CA_MD_TOO_WEAK: WEAK_DIGEST,
  PERMITTED_VIOLATION: CONSTRAINED,
  EXCLUDED_VIOLATION: CONSTRAINED,
};

/** Reasons that have no code of their own. */
const BY_TEXT: readonly (readonly [RegExp, Refusal])[] = [
  [/permitted subtree|excluded subtree/i, CONSTRAINED],
  [/key too (weak|small)/i, WEAK_KEY],
  [/(md|digest|signature) .{0,80}too weak/i, WEAK_DIGEST],
  [
    /unsupported name constraint/i,
    { words: 'an authority in the chain has name constraints that it cannot judge', sameAs: [] },
  ],
  [
    /unhandled critical extension/i,
    { words: 'a certificate in the chain demands something that it does not know', sameAs: [] },
  ],
  [/took too long/, { words: 'the handshake took too long', sameAs: [] }],
];
