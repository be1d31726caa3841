import { findDatedProblems, nextDateChange } from '../../certificates/inspect/date-problems.ts';
import type {
  CertificateFacts,
  CertificateState,
  Problem,
} from '../../certificates/inspect/certificate-state.ts';
import type { TrustState } from '../../certificates/trust/trust-state.ts';
import type { ProblemText } from '../../system/errors.ts';
import type { UsableSettings } from '../../project/settings.ts';
import { describeExit } from './exit-problem.ts';
import { describeExposure } from '../exposure.ts';
import { datedFailure, type HeartbeatFailure } from '../health/heartbeat-failure.ts';
import type { HeartbeatOk, Probe } from '../health/heartbeat-client.ts';
import { findLookupProblems } from '../health/name-problems.ts';
import type { StartStep } from '../runtimes/runtime.ts';
import type { Observation, ServerFacts } from '../server-facts.ts';
import type { Doing } from '../start-lock.ts';
import { describeImage } from '../version.ts';
import { outdatedFrom } from '../health/heartbeat-times.ts';

/** What is known, each fact from its own source. Nothing in here is a conclusion. */
export interface Snapshot {
  /** What has not been looked at yet; nothing is to be said of it. */
  readonly awaited?: readonly Source[];
  /** The settings in use, and which one cannot be what is written; none before they were read. */
  readonly settings?: UsableSettings;
  /** `CHROMA_DOMAIN`, as the workspace's env file has it. */
  readonly domain: string;
  readonly certificate: CertificateState;
  /** What the trust stores said of this certificate's authority; none before they were asked. */
  readonly trust?: TrustState;
  /** The runtime's own word about this workspace's server. */
  readonly observation: Observation;
  /** The last heartbeat of the server that now runs; none before the first. */
  readonly probe?: Probe;
  /** What this process is doing to the server at the moment. */
  readonly operation?: Operation;
  /** What another window or terminal is doing to it. */
  readonly elsewhere?: Doing;
  /** The certificate was replaced, and the server that runs is being told. */
  readonly renewing?: true;
  /** Why the project could not be read the last time, where it could not. */
  readonly unreadable?: ProblemText;
  /** Why the last start from here did not work, until something newer is known, or what it was
   * tried with is another: the domain, the certificate, the settings. */
  readonly failure?: Failure;
}

/** Where facts come from: the files of the folder, and the runtimes. */
export type Source = 'project' | 'observation';

type Operation =
  { readonly kind: 'starting'; readonly step: StartStep } | { readonly kind: 'stopping' };

export interface Failure {
  readonly problem: ProblemText;
  /** The server's own last log lines, oldest first. */
  readonly lastLog: readonly string[];
}

export type SnapshotEvent =
  | {
      readonly kind: 'project';
      readonly settings: UsableSettings;
      readonly domain: string;
      readonly certificate: CertificateState;
      /** The server that runs is to be told of it. */
      readonly renewing?: true;
    }
  | { readonly kind: 'unreadable'; readonly problem: ProblemText }
  | { readonly kind: 'renewed' }
  | {
      readonly kind: 'trust';
      /** Fingerprint of the certificate that was there when the stores were asked. */
      readonly certificate: string | undefined;
      readonly trust: TrustState;
    }
  | {
      readonly kind: 'observed';
      readonly observation: Observation;
      /** What another window or terminal was doing meanwhile. */
      readonly elsewhere?: Doing | undefined;
    }
  | { readonly kind: 'elsewhere'; readonly doing: Doing }
  | { readonly kind: 'probed'; readonly serverId: string; readonly probe: Probe }
  | { readonly kind: 'operation'; readonly operation: Operation | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure };

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
      readonly problems: readonly Problem[];
    }
  | {
      readonly state: 'unreachable';
      readonly server: ServerFacts;
      readonly failure: HeartbeatFailure;
    }
  | { readonly state: 'stopping' }
  | {
      readonly state: 'failed';
      readonly problem: ProblemText;
      readonly lastLog: readonly string[];
    };

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
  if ((snapshot.awaited ?? []).length > 0 || snapshot.renewing) return { state: 'checking' };
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

/** Whether someone else runs the server this is about. */
export function isExternal({ observation }: Snapshot): boolean {
  return observation.kind !== 'none' && observation.server.runtime === 'external';
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
  const ahead = [...dates, grown, outdated(snapshot)].filter(
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
    // What someone else's server serves is no concern of the files on our disk.
    const problems = probe.served
      ? problemsOf({ kind: 'present', facts: probe.served }, now)
      : [
          ...exposureProblems(server),
          ...(probe.lookup ? findLookupProblems(probe.lookup) : []),
          ...problemsOf(certificate, now),
          ...servedProblems(probe, certificate, server),
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
const ENDED: ReadonlySet<Problem['code']> = new Set<Problem['code']>([
  'expired',
  'not-yet-valid',
  'authority-expired',
  'authority-not-yet-valid',
]);

/** The certificate that a heartbeat saw, where its dates are known. */
function servedOf(probe: HeartbeatOk, certificate: CertificateState): CertificateFacts | undefined {
  if (probe.served || certificate.kind !== 'present') return probe.served;
  const { facts } = certificate;
  return facts.fingerprint256 === probe.servedFingerprint256 ? facts : undefined;
}

/** The problems of a certificate at a moment (ms since 1970), whichever shape it is in. Pure. */
export function problemsOf(certificate: CertificateState, now: number): readonly Problem[] {
  const dated = certificate.kind === 'present' ? findDatedProblems(certificate.facts, now) : [];
  return [...dated, ...lastingProblems(certificate)];
}

/** Those of a certificate that do not come and go with the time. Pure. */
export function lastingProblems(certificate: CertificateState): readonly Problem[] {
  switch (certificate.kind) {
    case 'none':
      return [];
    case 'broken':
      return certificate.problems;
    case 'present':
      return certificate.facts.problems;
  }
}

const OF_SERVER: ReadonlySet<Problem['code']> = new Set([
  'serves-previous-certificate',
  'exposed',
  'name-not-resolved',
  'foreign-listener',
]);

/** Whether a problem is one of the server itself, not of its certificate. */
export function isOfServer({ code }: Problem): boolean {
  return OF_SERVER.has(code);
}

function exposureProblems({
  image,
  generation: generation,
  bindAddress,
}: ServerFacts): readonly Problem[] {
  const message = describeExposure(describeImage(image, generation), bindAddress);
  return message === undefined ? [] : [{ code: 'exposed', message }];
}

/** A TLS proxy that was started with an older certificate goes on serving it until it is told. */
function servedProblems(
  probe: HeartbeatOk,
  certificate: CertificateState,
  server: ServerFacts,
): readonly Problem[] {
  if (certificate.kind !== 'present') return [];
  if (probe.servedFingerprint256 === certificate.facts.fingerprint256) return [];
  return [
    {
      code: 'serves-previous-certificate',
      message: `The server still serves its previous certificate. ${adviseReload(server)}`,
    },
  ];
}

/** How a server comes to serve a new certificate that it did not take by itself. Pure. */
export function adviseReload({ proxyService: proxy }: Pick<ServerFacts, 'proxyService'>): string {
  return proxy === undefined
    ? 'Restart it to serve the new one.'
    : `Reload your own service ${proxy}, which ends TLS, to serve the new one: a restart of Chroma leaves it alone.`;
}
