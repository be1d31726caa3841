import { findDatedProblems, nextDateChange } from '../../certificates/inspect/date-problems.ts';
import {
  isShown,
  type CertificateFacts,
  type CertificateProblem,
  type CertificateState,
} from '../../certificates/inspect/certificate-state.ts';
import type { Problem } from '../../system/errors.ts';
import { datedFailure, type HeartbeatFailure } from '../health/heartbeat-failure.ts';
import type { HeartbeatOk } from '../health/probe.ts';
import { outdatedFrom } from '../health/heartbeat-times.ts';
import type { StartStep } from '../runtimes/runtime.ts';
import type { ServerFacts } from '../server-facts.ts';
import { problemsOf } from './certificate-problems.ts';
import { describeExit } from './exit-problem.ts';
import { findReachProblems, findServedProblems, type ServerProblem } from './server-problems.ts';
import { findRenewalProblems, renewalMoments } from './renewal-problems.ts';
import type { Snapshot } from './snapshot.ts';

/** What a user is told: one state, with the facts that belong to it. */
export type Status =
  /** Something is not known yet, or not any more. */
  | { readonly state: 'checking' }
  | { readonly state: 'unconfigured' }
  | { readonly state: 'stopped' }
  | { readonly state: 'starting'; readonly step: StartStep }
  | { readonly state: 'healthy'; readonly server: ServerFacts; readonly heartbeat: HeartbeatOk }
  | {
      readonly state: 'degraded';
      readonly server: ServerFacts;
      readonly heartbeat: HeartbeatOk;
      readonly problems: readonly StatusProblem[];
    }
  | {
      readonly state: 'unreachable';
      readonly server: ServerFacts;
      readonly failure: HeartbeatFailure;
    }
  | { readonly state: 'stopping' }
  | {
      readonly state: 'failed';
      readonly problem: Problem;
      readonly lastLog: readonly string[];
    };

/** What is wrong with a server that answers, or with its certificate. */
type StatusProblem = CertificateProblem | ServerProblem;

export type State = Status['state'];

/** How long (ms) a server that has not answered yet counts as starting rather than unreachable. */
export const STARTUP_GRACE = 60_000;

/**
 * The one thing to say about a snapshot. Pure: the same facts always give the same status at the
 * same moment.
 *
 * @param now milliseconds since 1970
 */
export function deriveStatus(snapshot: Snapshot, now: number): Status {
  const { operation, observation, failure, certificate, elsewhere, probe } = snapshot;
  if (operation?.kind === 'stopping' || (!operation && elsewhere === 'stopping')) {
    return { state: 'stopping' };
  }
  if (operation?.kind === 'starting') return { state: 'starting', step: operation.step };
  const isHeard = observation.kind === 'running' && probe?.ok === true;
  if (elsewhere && !isHeard) return { state: 'starting', step: { kind: 'elsewhere' } };
  const unusable = snapshot.settings?.problem ?? snapshot.unreadable;
  if (unusable) return { state: 'failed', problem: unusable, lastLog: [] };
  if ((snapshot.awaited ?? []).length > 0 || snapshot.reloading) return { state: 'checking' };
  if (observation.kind === 'running') return deriveRunning(observation.server, snapshot, now);
  if (failure) return { state: 'failed', ...failure };
  switch (observation.kind) {
    case 'exited':
      if (observation.stopped) return { state: 'stopped' };
      return {
        state: 'failed',
        problem: describeExit(observation),
        lastLog: observation.lastLog,
      };
    case 'impaired':
      return { state: 'failed', problem: observation.problem, lastLog: [] };
    case 'none':
      if (observation.unavailable?.isDecisive) {
        return { state: 'failed', problem: observation.unavailable.problem, lastLog: [] };
      }
      return certificate.kind === 'none' ? { state: 'unconfigured' } : { state: 'stopped' };
  }
}

/**
 * When the status, or what is said of the certificate, changes although nothing happens: the first
 * such moment after `now` (both ms since 1970). Pure.
 */
export function nextChange(snapshot: Snapshot, now: number): number | undefined {
  const { certificate, probe, observation } = snapshot;
  const present = certificate.kind === 'present' ? [certificate.facts] : [];
  const dates = [...present, ...(probe?.served ? [probe.served] : [])].map((facts) =>
    nextDateChange(facts, now),
  );
  const grown = observation.kind === 'running' ? observation.server.startedAt + STARTUP_GRACE : 0;
  const ahead = [...dates, ...renewalMoments(snapshot, now), grown, outdated(snapshot)].filter(
    (moment): moment is number => (moment ?? 0) > now,
  );
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

/** From when on the last heartbeat tells of nothing any more; while no interval is known, never. */
function outdated({ observation, probe, settings }: Snapshot): number | undefined {
  if (observation.kind !== 'running' || !probe || !settings) return undefined;
  return outdatedFrom(probe, settings.settings.heartbeatInterval * 1000);
}

function deriveRunning(server: ServerFacts, snapshot: Snapshot, now: number): Status {
  const { probe, certificate } = snapshot;
  if (!probe) {
    const isYoung = now - server.startedAt < STARTUP_GRACE;
    return isYoung ? { state: 'starting', step: { kind: 'heartbeat' } } : { state: 'checking' };
  }
  if (now >= (outdated(snapshot) ?? Infinity)) return { state: 'checking' };
  if (probe.ok) {
    const served = servedOf(probe, certificate);
    // A heartbeat of an hour ago says nothing of a certificate that has ended since.
    const ended = served && findDatedProblems(served, now).find(({ code }) => ENDED.has(code));
    if (ended) return { state: 'unreachable', server, failure: datedFailure(ended, server) };
    // What someone else's server serves has nothing to do with the files on our disk.
    const problems = probe.served
      ? problemsOf({ kind: 'present', facts: probe.served }, now)
      : [
          ...findReachProblems(server, probe),
          ...problemsOf(certificate, now),
          ...findRenewalProblems(snapshot, now),
          ...findServedProblems(probe, certificate, server),
        ];
    return problems.length > 0
      ? { state: 'degraded', server, heartbeat: probe, problems }
      : { state: 'healthy', server, heartbeat: probe };
  }
  if (server.assumed && probe.failure.code === 'refused') return { state: 'unconfigured' };
  const startingUp =
    probe.failure.transient && !probe.answeredBefore && probe.at - server.startedAt < STARTUP_GRACE;
  return startingUp
    ? { state: 'starting', step: { kind: 'heartbeat' } }
    : { state: 'unreachable', server, failure: probe.failure };
}

/** With one of these a client refuses the certificate because of its dates. */
const ENDED: ReadonlySet<CertificateProblem['code']> = new Set<CertificateProblem['code']>([
  'expired',
  'not-yet-valid',
  'authority-expired',
  'authority-not-yet-valid',
]);

/** The certificate that a heartbeat saw, where its dates are known. */
function servedOf(probe: HeartbeatOk, certificate: CertificateState): CertificateFacts | undefined {
  if (probe.served || certificate.kind !== 'present') return probe.served;
  const { facts } = certificate;
  return isShown(facts, probe.servedFingerprint256) ? facts : undefined;
}
