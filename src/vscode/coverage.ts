import { isExternal, lastingProblems, type Snapshot } from '../chroma/status.ts';

/**
 * Whether the certificate has just stopped covering the domain: true once for each change of the
 * domain, false for what was so when we first looked (the view shows that without a notification).
 */
export function hasLostCoverage(before: Snapshot, after: Snapshot): boolean {
  if (before.certificate.kind !== 'present' || isExternal(after) || !isUncovered(after))
    return false;
  return before.domain !== after.domain || !isUncovered(before);
}

function isUncovered({ certificate }: Snapshot): boolean {
  return lastingProblems(certificate).some(({ code }) => code === 'name-mismatch');
}
