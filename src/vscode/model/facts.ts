import { describeExpiry } from '../../certificates/inspect/expiry.ts';
import { describeTrust } from '../../certificates/trust/trust-state.ts';
import type { ServerFacts } from '../../chroma/server-facts.ts';
import {
  shownCertificate,
  shownProblems,
  type ShownCertificate,
} from '../../chroma/status/shown-certificate.ts';
import { isExternal, isOfServer, type Snapshot, type Status } from '../../chroma/status/status.ts';
import { describeImage } from '../../chroma/version.ts';
import { explain } from '../../system/errors.ts';
import { explainInvalidName } from '../../project/domain.ts';
import { endpointUrl } from '../../project/endpoint.ts';
import { describeLatency, describeTermination, nameImage, nameRuntime } from './wording.ts';

/** One thing that is known, for the tooltip and the quick pick alike. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** The server that runs now, if one does. */
export function runningServer({ observation }: Snapshot): ServerFacts | undefined {
  return observation.kind === 'running' ? observation.server : undefined;
}

/** The server that runs now, if it is ours to restart and to end. */
export function ownServer(snapshot: Snapshot): ServerFacts | undefined {
  return isExternal(snapshot) ? undefined : runningServer(snapshot);
}

/** The address clients use; undefined while nothing runs, or while the domain is no name. */
export function endpointOf(snapshot: Snapshot): string | undefined {
  const server = runningServer(snapshot);
  if (!server || explainInvalidName(snapshot.domain) !== undefined) return undefined;
  return endpointUrl(snapshot.domain, server.port);
}

/** What is known of the server, its certificate and its name, in a user's order of interest. */
export function listFacts(snapshot: Snapshot, now: number): readonly Fact[] {
  const { domain, probe } = snapshot;
  const certificate = shownCertificate(snapshot);
  const server = runningServer(snapshot);
  const address = endpointOf(snapshot);
  const version = server?.runtime === 'docker' ? describeImage(server.image).version : undefined;
  return [
    ...fact('Address', address),
    ...fact(
      'Round trip',
      probe?.ok ? `${describeLatency(probe.latencyMs)}, TLS verified` : undefined,
    ),
    ...fact('Version', version),
    ...fact(server ? nameImage(server) : 'Image', server?.image),
    ...fact('Runtime', server && nameRuntime(server.runtime)),
    ...fact('TLS', server && describeTermination(server.tls)),
    ...fact('Certificate', describeCertificate(certificate, now)),
    ...fact(
      'Names',
      certificate.kind === 'present' ? certificate.facts.names.join(', ') : undefined,
    ),
    ...fact('Trust', snapshot.trust && describeTrust(snapshot.trust)),
    ...fact('Domain', address === undefined ? domain : undefined),
  ];
}

/** What is wrong, as sentences, worst first; empty where nothing is. */
export function listTroubles(snapshot: Snapshot, status: Status, now: number): readonly string[] {
  const ofCertificate = shownProblems(snapshot, now).map(
    ({ message }) => `Certificate: ${message}`,
  );
  switch (status.state) {
    case 'failed':
      return [explain(status.problem), ...ofCertificate];
    case 'unreachable':
      return [status.failure.message, ...ofCertificate];
    case 'degraded':
      return [
        ...ofCertificate,
        ...status.problems.filter(isOfServer).map(({ message }) => message),
      ];
    case 'checking':
    case 'unconfigured':
    case 'stopped':
    case 'starting':
    case 'healthy':
    case 'stopping':
      return ofCertificate;
  }
}

/** A certificate in one line. */
export function describeCertificate(certificate: ShownCertificate, now: number): string {
  switch (certificate.kind) {
    case 'none':
      return 'None yet';
    case 'broken':
      return 'Not whole';
    case 'unseen':
      return 'Not seen yet';
    case 'unverified':
      return 'Not verified';
    case 'present':
      return describeExpiry(certificate.facts.notAfter, now);
  }
}

function fact(label: string, value: string | undefined): readonly Fact[] {
  return value === undefined ? [] : [{ label, value }];
}
