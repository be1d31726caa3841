import type { Validity } from '../issue/validity.ts';

/** What can be wrong with the dates of an authority in a chain. */
export interface AuthorityProblem {
  readonly code:
    'authority-expired' | 'authority-expires-soon' | 'authority-not-yet-valid' | 'corrupt';
  readonly message: string;
}

/** An authority in a chain, as far as its dates can tell. */
export interface AuthorityDates extends Validity {
  /** Its common name. */
  readonly name: string;
}

/** What can be wrong with a certificate by itself. */
export interface LeafProblem {
  readonly code: 'name-mismatch' | 'invalid-name' | 'expired' | 'expires-soon' | 'not-yet-valid';
  readonly message: string;
}

export interface Problem {
  readonly code:
    | LeafProblem['code']
    | AuthorityProblem['code']
    | 'mismatched-pair'
    | 'half-pair'
    | 'unreadable'
    | 'chain-broken'
    | 'authority-missing'
    | 'is-authority'
    | 'no-authority-identifier'
    | 'key-readable-by-others'
    | 'key-locked'
    | 'key-tracked'
    | 'serves-previous-certificate'
    | 'exposed'
    | 'name-not-resolved'
    | 'foreign-listener';
  readonly message: string;
}

export interface CertificateFacts {
  /** Those of servers, then URIs and e-mail addresses. */
  readonly names: readonly string[];
  /** `O=…, CN=…` */
  readonly issuer: string;
  /** Its common name, where it has one. */
  readonly issuerName: string;
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** `AA:BB:…` */
  readonly fingerprint256: string;
  readonly keyType: string;
  /** Whether the key's file opens only with a passphrase. */
  readonly keyEncrypted: boolean;
  readonly selfSigned: boolean;
  /** Those that it stands on, as far as they are here and their dates can be read. */
  readonly authorities?: readonly AuthorityDates[];
  /** Without those of its dates, which come and go by themselves (see `findDatedProblems`). */
  readonly problems: readonly Problem[];
}

export type CertificateState =
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly facts: CertificateFacts }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] };

/** What a user should know before a certificate from elsewhere is served. */
export interface ImportWarning {
  readonly code:
    | LeafProblem['code']
    | AuthorityProblem['code']
    | 'weak-key'
    | 'weak-signature'
    | 'limited-key'
    | 'no-server-usage'
    | 'not-an-authority'
    | 'authority-as-server'
    | 'refused-by-client';
  readonly message: string;
}
