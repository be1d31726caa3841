import type {
  CertificateFacts,
  CertificateProblem,
} from '../../certificates/inspect/certificate-state.ts';
import { findFailure, lateFrom, planRenewal } from '../../certificates/public/renewal-plan.ts';
import type { RenewalRecord } from '../../certificates/public/renewal-record.ts';
import type { RenewalSource } from '../../certificates/public/renewal-source.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * What is wrong with the renewal of the certificate, long before its end: the last attempt failed
 * although it was time, the program that renews it seems not to run, or AWS has not got the new one.
 * Pure.
 *
 * @param now milliseconds since 1970
 */
export function findRenewalProblems(
  { certificate, renewal }: Snapshot,
  now: number,
): readonly CertificateProblem[] {
  if (certificate.kind !== 'present' || !renewal) return [];
  const { source, record } = renewal;
  const { facts } = certificate;
  return [...findFailures(source, facts, record, now), ...findBehind(record)];
}

/** What took a copy of the certificate has an older one. */
function findBehind({ awsBehind }: RenewalRecord): readonly CertificateProblem[] {
  if (!awsBehind) return [];
  return [
    {
      code: 'aws-behind',
      what: 'AWS still has the certificate before this one.',
      why: awsBehind.what,
      action: 'importIntoAws',
    },
  ];
}

function findFailures(
  source: RenewalSource,
  facts: CertificateFacts,
  record: RenewalRecord,
  now: number,
): readonly CertificateProblem[] {
  const failed = findFailure(source, facts, record, now);
  if (failed) {
    const { what, next } = failed.problem;
    return [
      {
        code: 'renewal-failed',
        what: ['It could not be renewed.', what, next].filter(Boolean).join(' '),
        action: 'renewCertificate',
      },
    ];
  }
  if (source.kind !== 'certbot' || now < lateFrom(facts)) return [];
  return [
    {
      code: 'renewal-late',
      what: `certbot has not renewed it, although it is time: see what "certbot renew" says, and whether its timer runs.`,
      action: 'renewCertificate',
    },
  ];
}

/** When time alone makes one of them, or a renewal due. Pure. @returns milliseconds since 1970 */
export function renewalMoments({ certificate, renewal }: Snapshot, now: number): readonly number[] {
  if (certificate.kind !== 'present' || !renewal) return [];
  const { source, record } = renewal;
  const { due } = planRenewal(source, certificate.facts, record, now);
  return [
    ...(due ? [due.getTime()] : []),
    ...(source.kind === 'certbot' ? [lateFrom(certificate.facts)] : []),
  ];
}
