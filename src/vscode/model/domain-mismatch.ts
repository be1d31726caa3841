import type { Problem } from '../../certificates/inspect/certificate-state.ts';
import { isExternal, lastingProblems, type Snapshot } from '../../chroma/status/status.ts';

/** What keeps a certificate from being good for its domain. */
const UNCOVERED: ReadonlySet<Problem['code']> = new Set(['name-mismatch', 'invalid-name']);

/**
 * Why the certificate has just stopped covering the domain: told once for each change of the
 * domain, and not of what was so at the first look (the view shows that without a notification).
 */
export function findDomainMismatch(before: Snapshot, after: Snapshot): Problem | undefined {
  if (before.certificate.kind !== 'present' || isExternal(after)) return undefined;
  const isTold = before.domain === after.domain && findUncovered(before) !== undefined;
  return isTold ? undefined : findUncovered(after);
}

function findUncovered({ certificate }: Snapshot): Problem | undefined {
  return lastingProblems(certificate).find(({ code }) => UNCOVERED.has(code));
}
