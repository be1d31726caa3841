import {
  describeAttempt,
  describePlan,
  describeSource,
} from '../certificates/public/renewal-words.ts';
import { describeExpiry } from '../certificates/inspect/expiry.ts';
import { deriveStatus } from '../chroma/status/derive-status.ts';
import { findUnavailable, reportStatus } from '../chroma/status/report-status.ts';
import { shownCertificate } from '../chroma/status/shown-certificate.ts';
import { shownRenewal } from '../chroma/status/shown-renewal.ts';
import type { Snapshot } from '../chroma/status/snapshot.ts';
import { explainInTerminal } from '../system/errors.ts';

/** The same for a user, a fact a line. Pure. */
export function renderStatus(snapshot: Snapshot, now: number): string {
  const report = reportStatus(snapshot, now);
  const rows: readonly (readonly [string, string | null])[] = [
    ['state', report.state],
    ['address', report.url],
    [
      'heartbeat',
      report.heartbeat.ok
        ? `${report.heartbeat.latencyMs ?? 0} ms, verified`
        : (report.heartbeat.error ?? null),
    ],
    [
      'runtime',
      report.runtime &&
        [report.runtime, report.image, `TLS by ${report.tls ?? ''}`].filter(Boolean).join(', '),
    ],
    ['names', report.certificate.names.join(', ') || null],
    ['until', describeEnd(report.certificate.notAfter, now)],
    ...renderRenewal(snapshot, now),
    ['problems', report.certificate.problems.join(' ') || null],
  ];
  return rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.padEnd(10)} ${value ?? ''}`)
    .join('\n');
}

function renderRenewal(
  snapshot: Snapshot,
  now: number,
): readonly (readonly [string, string | null])[] {
  const renewal = shownRenewal(snapshot, now);
  if (!renewal) return [];
  const { source, record, plan } = renewal;
  return [
    ['from', describeSource(source)],
    ['renewal', describePlan(plan)],
    ['', describeAttempt(record) ?? null],
  ];
}

/**
 * The exit code of `status`: 1 where the server has failed or is not to be reached, its certificate
 * is broken, or a runtime that could know of it cannot be asked; 0 where it is healthy or degraded,
 * and where none is to run. Pure.
 */
export function statusExitCode(snapshot: Snapshot, now: number): 0 | 1 {
  const { state } = deriveStatus(snapshot, now);
  const isWell =
    state !== 'failed' &&
    state !== 'unreachable' &&
    shownCertificate(snapshot).kind !== 'broken' &&
    findUnavailable(snapshot) === undefined;
  return isWell ? 0 : 1;
}

/** What a user is to know of a status beyond its facts, as a sentence or more. Pure. */
export function explainStatus(snapshot: Snapshot, now: number): string | undefined {
  const derived = deriveStatus(snapshot, now);
  if (derived.state === 'failed') return explainInTerminal(derived.problem);
  const unavailable = findUnavailable(snapshot);
  return unavailable && `It is not certain that no server runs. ${explainInTerminal(unavailable)}`;
}

function describeEnd(notAfter: string | null, now: number): string | null {
  return notAfter === null ? null : `${notAfter} (${describeExpiry(new Date(notAfter), now)})`;
}
