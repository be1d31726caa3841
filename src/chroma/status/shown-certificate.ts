import type {
  CertificateState,
  CertificateProblem,
} from '../../certificates/inspect/certificate-state.ts';
import { problemsOf } from './certificate-problems.ts';
import { findRenewalProblems } from './renewal-problems.ts';
import { isExternal, type Snapshot } from './snapshot.ts';

/** The certificate a user is told about. */
export type ShownCertificate =
  | CertificateState
  /** Someone else's server has not been seen serving one. */
  | { readonly kind: 'unseen' }
  /** It serves one that could not be verified, so that nothing in it is to be believed. */
  | { readonly kind: 'unverified'; readonly reason: string };

/** What a certificate can be refused for before its names are looked at. */
const REFUSALS = new Set(['unknown-ca', 'other-certificate', 'expired', 'not-yet-valid']);

/** Ours lies on the disk; someone else's is the one that their server serves. Pure. */
export function shownCertificate(snapshot: Snapshot): ShownCertificate {
  const { certificate, probe } = snapshot;
  if (!isExternal(snapshot)) return certificate;
  if (probe?.served) return { kind: 'present', facts: probe.served };
  return probe && !probe.ok && REFUSALS.has(probe.failure.code)
    ? { kind: 'unverified', reason: probe.failure.what }
    : { kind: 'unseen' };
}

/** What is wrong with the certificate a user is told about, at a moment (ms since 1970). Pure. */
export function shownProblems(snapshot: Snapshot, now: number): readonly CertificateProblem[] {
  const shown = shownCertificate(snapshot);
  if (shown.kind === 'unseen' || shown.kind === 'unverified') return [];
  // Theirs is renewed by others.
  const ofRenewal = isExternal(snapshot) ? [] : findRenewalProblems(snapshot, now);
  return [...problemsOf(shown, now), ...ofRenewal];
}
