import type { Disposable } from 'vscode';
import type { CertificateProblem } from '../../certificates/inspect/certificate-state.ts';
import { lastingProblems } from '../../chroma/status/certificate-problems.ts';
import { isExternal, type Snapshot } from '../../chroma/status/snapshot.ts';
import { ours, type Button } from '../model/actions.ts';
import { needsRestart } from '../model/next-step.ts';
import type { Session } from '../session/session.ts';
import type { Notifier } from '../window/notify.ts';

/** Tells the user once when the certificate stops matching the domain, by whatever changed either. */
export function watchDomainMismatch(session: Session, notifier: Notifier): Disposable {
  let last: { readonly folder: string; readonly snapshot: Snapshot } | undefined;
  return session.onDidChange(() => {
    const { active } = session;
    if (!active) return;
    const folder = active.folder.uri.toString();
    const { snapshot } = active.server;
    const before = last?.folder === folder ? last.snapshot : undefined;
    last = { folder, snapshot };
    const problem = before && findDomainMismatch(before, snapshot);
    if (!problem) return;
    const { message, button } = describeMismatch(problem, snapshot);
    const isStillTrue = (): boolean =>
      session.active === active && findMismatch(active.server.snapshot)?.what === problem.what;
    void notifier.remind(message, isStillTrue, button);
  });
}

/**
 * Why the certificate has just stopped matching the domain. Told once for each change of the
 * domain, and not at the first look: the view shows that without a notification. Pure.
 */
export function findDomainMismatch(
  before: Snapshot,
  after: Snapshot,
): CertificateProblem | undefined {
  if (before.certificate.kind !== 'present' || isExternal(after)) return undefined;
  const isTold = before.domain === after.domain && findMismatch(before) !== undefined;
  return isTold ? undefined : findMismatch(after);
}

function findMismatch({ certificate }: Snapshot): CertificateProblem | undefined {
  return lastingProblems(certificate).find(
    ({ code }) => code === 'name-mismatch' || code === 'invalid-name',
  );
}

function describeMismatch(
  { code, what }: CertificateProblem,
  snapshot: Snapshot,
): { readonly message: string; readonly button: Button } {
  // No certificate can match an invalid name.
  if (code === 'invalid-name') {
    return { message: what, button: ours('chromaTls.setDomain', 'Set Domain') };
  }
  const button = needsRestart(snapshot)
    ? ours('chromaTls.generateCertificate', 'Regenerate and Restart', { restart: true })
    : ours('chromaTls.generateCertificate', 'Regenerate');
  return { message: `The certificate does not cover ${snapshot.domain}.`, button };
}
