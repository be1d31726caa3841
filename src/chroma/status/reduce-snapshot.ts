import { isDeepStrictEqual } from 'node:util';
import type { Probe } from '../health/probe.ts';
import type { Observation } from '../server-facts.ts';
import type { Snapshot, SnapshotEvent, Source } from './snapshot.ts';

/** The next snapshot: what was known, and one new fact. Pure. */
export function reduce(snapshot: Snapshot, event: SnapshotEvent): Snapshot {
  switch (event.kind) {
    case 'project': {
      const {
        trust,
        failure,
        unreadable: _unreadable,
        probe,
        renewal: _renewal,
        ...rest
      } = snapshot;
      const { kind: _, ...project } = event;
      const next = { ...rest, ...project, ...withoutAwaited(snapshot, 'project') };
      // What the stores said was of another certificate's authority.
      const sameCertificate = fingerprintOf(snapshot) === fingerprintOf(next);
      return {
        ...next,
        ...(sameCertificate && trust ? { trust } : {}),
        // A heartbeat speaks of one name.
        ...(probe && event.domain === snapshot.domain ? { probe } : {}),
        ...(failure && isDeepStrictEqual(projectOf(snapshot), projectOf(next)) ? { failure } : {}),
      };
    }
    case 'trust':
      return fingerprintOf(snapshot) === event.certificate
        ? { ...snapshot, trust: event.trust }
        : snapshot;
    case 'observed': {
      const { probe, failure, elsewhere: _elsewhere, ...rest } = snapshot;
      const next = {
        ...rest,
        ...withoutAwaited(snapshot, 'observation'),
        observation: event.observation,
        ...(event.elsewhere ? { elsewhere: event.elsewhere } : {}),
      };
      // A heartbeat speaks of one server; another server, or none, makes it void.
      const sameServer =
        runningId(snapshot.observation) !== undefined &&
        runningId(snapshot.observation) === runningId(event.observation);
      return {
        ...next,
        ...(sameServer && probe ? { probe } : {}),
        ...(event.observation.kind !== 'running' && failure ? { failure } : {}),
      };
    }
    case 'probed':
      return runningId(snapshot.observation) === event.serverId
        ? { ...snapshot, probe: addPast(event.probe, snapshot.probe) }
        : snapshot;
    case 'operation': {
      const { operation: _operation, failure: _failure, ...rest } = snapshot;
      if (event.operation) return { ...rest, operation: event.operation };
      return snapshot.failure ? { ...rest, failure: snapshot.failure } : rest;
    }
    case 'elsewhere':
      return { ...snapshot, elsewhere: event.doing };
    case 'unreadable':
      return {
        ...snapshot,
        ...withoutAwaited(snapshot, 'project'),
        unreadable: event.problem,
      };
    case 'reloaded': {
      const { reloading: _, ...rest } = snapshot;
      return rest;
    }
    case 'failed':
      // What runs after all speaks for itself.
      return snapshot.observation.kind === 'running'
        ? snapshot
        : { ...snapshot, failure: event.failure };
  }
}

/** A heartbeat knows what its own poll has heard; the one before may have heard this server, too. */
function addPast(probe: Probe, before: Probe | undefined): Probe {
  if (probe.ok || !before) return probe;
  return { ...probe, answeredBefore: probe.answeredBefore || before.ok || before.answeredBefore };
}

function withoutAwaited({ awaited = [] }: Snapshot, source: Source): Pick<Snapshot, 'awaited'> {
  return { awaited: awaited.filter((one) => one !== source) };
}

/** What a start is tried with. */
function projectOf({ settings, domain, certificate }: Snapshot): unknown {
  return { settings, domain, certificate };
}

/** The SHA-256 fingerprint of the certificate, where there is a whole one. */
export function fingerprintOf({ certificate }: Pick<Snapshot, 'certificate'>): string | undefined {
  return certificate.kind === 'present' ? certificate.facts.fingerprint256 : undefined;
}

function runningId(observation: Observation): string | undefined {
  return observation.kind === 'running' ? observation.server.id : undefined;
}
