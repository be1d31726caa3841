import type { RenewalPlan } from '../certificates/public/renewal-plan.ts';
import type { RenewalSource } from '../certificates/public/renewal-source.ts';
import {
  describeAttempt,
  describePlan,
  describeSource,
} from '../certificates/public/renewal-words.ts';
import { describeExpiry } from '../certificates/inspect/expiry.ts';
import { shownCertificate, shownProblems } from '../chroma/status/shown-certificate.ts';
import { shownRenewal } from '../chroma/status/shown-renewal.ts';
import { deriveStatus, type State } from '../chroma/status/derive-status.ts';
import type { Snapshot } from '../chroma/status/snapshot.ts';
import { explain, explainInTerminal, type Problem } from '../system/errors.ts';
import { explainInvalidName } from '../project/domain.ts';
import { endpointUrl } from '../project/endpoint.ts';

/** What `status --json` prints; scripts rely on its shape. */
export interface StatusReport {
  readonly state: State;
  readonly url: string | null;
  readonly runtime: string | null;
  readonly image: string | null;
  readonly tls: string | null;
  readonly heartbeat: {
    readonly ok: boolean;
    readonly latencyMs?: number;
    readonly error?: string;
  };
  readonly certificate: {
    readonly names: readonly string[];
    readonly notAfter: string | null;
    readonly fingerprint256: string | null;
    readonly issuer: string | null;
    readonly problems: readonly string[];
    /** Where it came from; null where there is none, or someone else serves it. */
    readonly source: { readonly kind: RenewalSource['kind']; readonly name: string } | null;
    readonly renewal: {
      /** When the next attempt is due; null where nobody here renews it. */
      readonly due: string | null;
      readonly why: RenewalPlan['why'];
      readonly last?: { readonly at: string; readonly ok: boolean; readonly error?: string };
    } | null;
  };
}

/** The report of a snapshot at a moment (ms since 1970). Pure. */
export function reportStatus(snapshot: Snapshot, now: number): StatusReport {
  const { observation, probe, domain } = snapshot;
  const server = observation.kind === 'none' ? undefined : observation.server;
  return {
    state: deriveStatus(snapshot, now).state,
    url:
      server && explainInvalidName(domain) === undefined ? endpointUrl(domain, server.port) : null,
    runtime: server?.runtime ?? null,
    image: server?.image ?? null,
    tls: server?.tls ?? null,
    heartbeat: probe?.ok
      ? { ok: true, latencyMs: probe.latencyMs }
      : { ok: false, ...explainNoHeartbeat(snapshot) },
    certificate: reportCertificate(snapshot, now),
  };
}

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

function findUnavailable({ observation }: Snapshot): Problem | undefined {
  return observation.kind === 'none' ? observation.unavailable?.problem : undefined;
}

/** Why there is no heartbeat, where that is known. */
function explainNoHeartbeat(snapshot: Snapshot): { readonly error?: string } {
  const { probe } = snapshot;
  const error = probe?.ok === false ? probe.failure.what : findUnavailable(snapshot)?.what;
  return error === undefined ? {} : { error };
}

function describeEnd(notAfter: string | null, now: number): string | null {
  return notAfter === null ? null : `${notAfter} (${describeExpiry(new Date(notAfter), now)})`;
}

function reportCertificate(snapshot: Snapshot, now: number): StatusReport['certificate'] {
  const certificate = shownCertificate(snapshot);
  const facts = certificate.kind === 'present' ? certificate.facts : undefined;
  return {
    names: facts?.names ?? [],
    notAfter: facts?.notAfter.toISOString() ?? null,
    fingerprint256: facts?.fingerprint256 ?? null,
    issuer: facts?.issuer.replaceAll('\n', ', ') ?? null,
    problems:
      certificate.kind === 'unverified'
        ? [certificate.reason]
        : listProblems(snapshot, now).map(explainInTerminal),
    ...reportRenewal(snapshot, now),
  };
}

function reportRenewal(
  snapshot: Snapshot,
  now: number,
): Pick<StatusReport['certificate'], 'source' | 'renewal'> {
  const renewal = shownRenewal(snapshot, now);
  if (!renewal) return { source: null, renewal: null };
  const { source, record } = renewal;
  const { due, why } = renewal.plan;
  const { last } = record;
  return {
    source: { kind: source.kind, name: describeSource(source) },
    renewal: {
      due: due?.toISOString() ?? null,
      why,
      ...(last && {
        last: {
          at: new Date(last.at).toISOString(),
          ok: last.ok,
          ...(last.ok ? {} : { error: explain(last.problem) }),
        },
      }),
    },
  };
}

/** A degraded server's are more than the certificate's own: it may serve another one, say. */
function listProblems(snapshot: Snapshot, now: number): readonly Problem[] {
  const derived = deriveStatus(snapshot, now);
  return derived.state === 'degraded' ? derived.problems : shownProblems(snapshot, now);
}
