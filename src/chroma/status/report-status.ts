import type { RenewalPlan } from '../../certificates/public/renewal-plan.ts';
import type { RenewalSource } from '../../certificates/public/renewal-source.ts';
import { describeSource } from '../../certificates/public/renewal-words.ts';
import { endpointUrl } from '../../project/endpoint.ts';
import { explainInvalidName } from '../../project/domain.ts';
import { explain, explainInTerminal, type Problem } from '../../system/errors.ts';
import { deriveStatus, type State } from './derive-status.ts';
import { shownCertificate, shownProblems } from './shown-certificate.ts';
import { shownRenewal } from './shown-renewal.ts';
import type { Snapshot } from './snapshot.ts';

/** What `status --json` prints and assistants read; scripts rely on its shape. */
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

/** A runtime that could know of a server and cannot be asked. Pure. */
export function findUnavailable({ observation }: Snapshot): Problem | undefined {
  return observation.kind === 'none' ? observation.unavailable?.problem : undefined;
}

/** Why there is no heartbeat, where that is known. */
function explainNoHeartbeat(snapshot: Snapshot): { readonly error?: string } {
  const { probe } = snapshot;
  const error = probe?.ok === false ? probe.failure.what : findUnavailable(snapshot)?.what;
  return error === undefined ? {} : { error };
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
