import type { Problem } from '../../system/errors.ts';
import type { Validity } from '../issue/validity.ts';

/** What can be wrong with the dates of an authority in a chain. */
export type AuthorityProblem = Problem<
  'authority-expired' | 'authority-expires-soon' | 'authority-not-yet-valid' | 'corrupt'
>;

/** The name and the dates of an authority in a chain. */
export interface AuthorityDates extends Validity {
  /** Its common name. */
  readonly name: string;
}

/** What can be wrong with a certificate by itself. */
export type LeafProblem = Problem<
  'name-mismatch' | 'invalid-name' | 'expired' | 'expires-soon' | 'not-yet-valid'
>;

/** What can be wrong with the certificate files of a workspace. */
export type CertificateProblem = Problem<
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
  | 'renewal-failed'
  | 'renewal-late'
  | 'aws-behind'
>;

export interface CertificateFacts {
  /** The names of servers, then URIs and e-mail addresses. */
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
  /** The same of the certificate for host names alone, where one that belongs to it lies beside it. */
  readonly namesFingerprint256?: string;
  readonly keyType: string;
  /** Whether the key's file opens only with a passphrase. */
  readonly keyEncrypted: boolean;
  readonly selfSigned: boolean;
  /** The authorities above it, if they are here and their dates can be read. */
  readonly authorities?: readonly AuthorityDates[];
  /** Without problems of its dates, which change with time (see `findDatedProblems`). */
  readonly problems: readonly CertificateProblem[];
}

/**
 * Whether a server shows this certificate, or the one for host names alone that belongs to it. Which
 * of the two is up to who terminates TLS, and to the name it is called by. Pure.
 */
export function isShown(facts: CertificateFacts, servedFingerprint256: string): boolean {
  return [facts.fingerprint256, facts.namesFingerprint256].includes(servedFingerprint256);
}

export type CertificateState =
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly facts: CertificateFacts }
  | { readonly kind: 'broken'; readonly problems: readonly CertificateProblem[] };

/** What a user should know before a certificate from elsewhere is served. */
export type ImportWarning = Problem<
  | LeafProblem['code']
  | AuthorityProblem['code']
  | 'weak-key'
  | 'weak-signature'
  | 'limited-key'
  | 'no-server-usage'
  | 'not-an-authority'
  | 'authority-as-server'
  | 'refused-by-client'
>;
