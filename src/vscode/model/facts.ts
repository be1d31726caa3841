import { describeExpiry } from '../../certificates/inspect/expiry.ts';
import { describeSource } from '../../certificates/public/renewal-words.ts';
import { describeTrust } from '../../certificates/trust/trust-state.ts';
import type { ServerFacts } from '../../chroma/server-facts.ts';
import {
  shownCertificate,
  shownProblems,
  type ShownCertificate,
} from '../../chroma/status/shown-certificate.ts';
import type { Status } from '../../chroma/status/derive-status.ts';
import { isOfServer } from '../../chroma/status/server-problems.ts';
import { isExternal, type Snapshot } from '../../chroma/status/snapshot.ts';
import { describeImage } from '../../chroma/version.ts';
import { shownRenewal, type ShownRenewal } from '../../chroma/status/shown-renewal.ts';
import { explain } from '../../system/errors.ts';
import { explainInvalidName } from '../../project/domain.ts';
import { endpointUrl } from '../../project/endpoint.ts';
import {
  describeLatency,
  formatDate,
  nameImage,
  RUNTIME_NAMES,
  TERMINATION_NAMES,
} from './messages/wording.ts';

/** One thing that is known, for the tooltip and the quick pick. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** The server that runs now, if one does. */
export function runningServer({ observation }: Snapshot): ServerFacts | undefined {
  return observation.kind === 'running' ? observation.server : undefined;
}

/** The server that runs now, if it is ours to restart and stop. */
export function ownServer(snapshot: Snapshot): ServerFacts | undefined {
  return isExternal(snapshot) ? undefined : runningServer(snapshot);
}

/** The address that clients use; undefined while nothing runs or the domain is invalid. */
export function endpointOf(snapshot: Snapshot): string | undefined {
  const server = runningServer(snapshot);
  if (!server || explainInvalidName(snapshot.domain) !== undefined) return undefined;
  return endpointUrl(snapshot.domain, server.port);
}

/** What is known of the server, its certificate and its name, the most wanted first. */
export function listFacts(snapshot: Snapshot, now: number): readonly Fact[] {
  const { domain, probe } = snapshot;
  const certificate = shownCertificate(snapshot);
  const renewal = shownRenewal(snapshot, now);
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
    ...fact('Runtime', server && RUNTIME_NAMES[server.runtime]),
    ...fact('TLS', server && TERMINATION_NAMES[server.tls]),
    ...fact('Certificate', describeCertificateState(certificate, now)),
    ...fact(
      'Names',
      certificate.kind === 'present' ? certificate.facts.names.join(', ') : undefined,
    ),
    ...fact('Renewal', renewal && nameRenewal(renewal)),
    ...fact('Trust', snapshot.trust && describeTrust(snapshot.trust)),
    ...fact('Domain', address === undefined ? domain : undefined),
  ];
}

/** What is wrong, as sentences, worst first. */
export function listTroubles(snapshot: Snapshot, status: Status, now: number): readonly string[] {
  const ofCertificate = shownProblems(snapshot, now).map(({ what }) => `Certificate: ${what}`);
  switch (status.state) {
    case 'failed':
      return [explain(status.problem), ...ofCertificate];
    case 'unreachable':
      return [explain(status.failure), ...ofCertificate];
    case 'degraded':
      return [...ofCertificate, ...status.problems.filter(isOfServer).map(({ what }) => what)];
    default:
      return ofCertificate;
  }
}

/** When the certificate is renewed next, and from where, in one line. */
export function nameRenewal({ source, plan }: ShownRenewal): string {
  const { due, overdue } = plan;
  const when = due === undefined ? 'Not renewed here' : overdue ? 'Due now' : formatDate(due);
  return `${when} (${describeSource(source)})`;
}

/** A certificate in one line. */
export function describeCertificateState(certificate: ShownCertificate, now: number): string {
  return certificate.kind === 'present'
    ? describeExpiry(certificate.facts.notAfter, now)
    : CERTIFICATE_NAMES[certificate.kind];
}

const CERTIFICATE_NAMES = {
  none: 'None yet',
  broken: 'Broken',
  unseen: 'Not seen yet',
  unverified: 'Not verified',
} as const;

function fact(label: string, value: string | undefined): readonly Fact[] {
  return value === undefined ? [] : [{ label, value }];
}
