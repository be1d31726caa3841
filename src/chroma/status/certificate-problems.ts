import { findDatedProblems } from '../../certificates/inspect/date-problems.ts';
import type {
  CertificateProblem,
  CertificateState,
} from '../../certificates/inspect/certificate-state.ts';

/** The problems of a certificate at a moment (ms since 1970), whichever shape it is in. Pure. */
export function problemsOf(
  certificate: CertificateState,
  now: number,
): readonly CertificateProblem[] {
  const dated = certificate.kind === 'present' ? findDatedProblems(certificate.facts, now) : [];
  return [...dated, ...lastingProblems(certificate)];
}

/** Those of a certificate that do not come and go with the time. Pure. */
export function lastingProblems(certificate: CertificateState): readonly CertificateProblem[] {
  switch (certificate.kind) {
    case 'none':
      return [];
    case 'broken':
      return certificate.problems;
    case 'present':
      return certificate.facts.problems;
  }
}
