import type { Problem } from '../../certificates/inspect/certificate-state.ts';
import {
  describeTrust,
  listFormer,
  type TrustState,
} from '../../certificates/trust/trust-state.ts';
import {
  shownCertificate,
  shownProblems,
  type ShownCertificate,
} from '../../chroma/status/shown-certificate.ts';
import {
  deriveStatus,
  isExternal,
  isOfServer,
  type Snapshot,
  type Status,
} from '../../chroma/status/status.ts';
import { explain } from '../../system/errors.ts';
import { explainInvalidName } from '../../project/domain.ts';
import type { CommandId } from './command-ids.ts';
import { describeCertificate, endpointOf, listTroubles, runningServer } from './facts.ts';
import { describeState } from './status-bar.ts';
import type { UiState } from './ui-state.ts';
import { describeTermination, formatDate, nameImage, nameRuntime } from './wording.ts';

/** A line of the view as plain data. */
export interface TreeNode {
  /** Stable, so that the view keeps what is open and selected. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Plain text: what stands in files and images is never read as Markdown. */
  readonly tooltip: string;
  readonly icon: { readonly name: string; readonly color?: string };
  /** What the menus of the manifest go by; a test holds the two together. */
  readonly contextValue: string;
  /** What a click does; most lines only say something. */
  readonly command?: CommandId;
  readonly children: readonly TreeNode[];
}

const GOOD = 'testing.iconPassed';
const WARNING = 'list.warningForeground';
const BAD = 'list.errorForeground';

/**
 * The view's lines for what is known. No line at all leaves the view to its welcome, which names
 * the first step. Pure.
 *
 * The round trip is not among the lines: it changes with every heartbeat, and a view that redraws
 * every few seconds closes the tooltip one is reading. The status bar has it.
 */
export function renderTree(state: UiState, now: number): readonly TreeNode[] {
  if (state.kind !== 'folder') return [];
  const { snapshot } = state;
  const status = deriveStatus(snapshot, now);
  if (status.state === 'unconfigured') return [];
  // What the folder holds has not been read: there is nothing to say of it.
  if (snapshot.awaited?.includes('project')) return [renderServer(snapshot, status, now)];
  return [
    renderServer(snapshot, status, now),
    renderCertificate(snapshot, now),
    renderDomain(snapshot, now),
  ];
}

function renderServer(snapshot: Snapshot, status: Status, now: number): TreeNode {
  const server = runningServer(snapshot);
  const address = endpointOf(snapshot);
  return {
    id: 'server',
    label: 'Server',
    description: describeState(status),
    tooltip: [
      `Chroma server: ${describeState(status)}`,
      ...listTroubles(snapshot, status, now),
    ].join('\n'),
    icon: chooseServerIcon(status),
    contextValue: `${isExternal(snapshot) ? 'external' : 'server'}.${status.state}`,
    children: [
      ...renderTrouble(status),
      ...(address === undefined ? [] : [line('address', 'Address', address, 'link')]),
      ...(server
        ? [
            line('runtime', 'Runtime', nameRuntime(server.runtime), 'server-process'),
            ...(server.image === undefined
              ? []
              : [line('image', nameImage(server), server.image, 'package')]),
            line('tls', 'TLS', describeTermination(server.tls), 'lock'),
          ]
        : []),
    ],
  };
}

/** Why the server is not as it should be, in a line of its own. */
function renderTrouble(status: Status): readonly TreeNode[] {
  switch (status.state) {
    case 'failed':
      return [trouble('failure', status.problem.what, explain(status.problem))];
    case 'unreachable':
      return [trouble('failure', status.failure.message, status.failure.message)];
    case 'degraded':
      // The certificate's own problems stand under the certificate.
      return status.problems.filter(isOfServer).map(renderProblem);
    case 'checking':
    case 'unconfigured':
    case 'stopped':
    case 'starting':
    case 'healthy':
    case 'stopping':
      return [];
  }
}

function trouble(id: string, label: string, tooltip: string): TreeNode {
  return {
    id,
    label,
    tooltip,
    icon: { name: 'error', color: BAD },
    contextValue: 'problem',
    command: 'chromaTls.showStatus',
    children: [],
  };
}

function renderCertificate(snapshot: Snapshot, now: number): TreeNode {
  const certificate = shownCertificate(snapshot);
  const description = describeCertificate(certificate, now);
  const problems = shownProblems(snapshot, now);
  return {
    id: 'certificate',
    label: 'Certificate',
    description,
    tooltip: [`Certificate: ${description}`, ...problems.map(({ message }) => message)].join('\n'),
    icon: chooseCertificateIcon(certificate, problems),
    contextValue: isExternal(snapshot) ? 'servedCertificate' : `certificate.${certificate.kind}`,
    children: [
      ...problems.map(renderProblem),
      ...renderCertificateFacts(certificate),
      ...(certificate.kind === 'present' && !isExternal(snapshot)
        ? [renderTrust(snapshot.trust)]
        : []),
    ],
  };
}

/** What the trust stores say; they are asked once the view shows. */
function renderTrust(trust: TrustState | undefined): TreeNode {
  if (!trust) return { ...line('trust', 'Trust', 'Asking…', 'verified'), contextValue: 'trust' };
  const former = listFormer(trust);
  const left = former === '' ? [] : [`A former authority is still trusted by ${former}.`];
  const description = [describeTrust(trust), ...left].join('. ');
  const trusted = trust.filter(({ state }) => state === 'trusted');
  const extent = trusted.length === 0 ? 'none' : trusted.length === trust.length ? 'all' : 'some';
  return {
    ...line('trust', 'Trust', description, 'verified'),
    tooltip: [...left, ...trust.map(describeStoreTrust)].join('\n'),
    icon: former === '' ? { name: 'verified' } : { name: 'warning', color: WARNING },
    contextValue: `trust.${former === '' ? extent : 'former'}`,
  };
}

function describeStoreTrust({ name, location, state, problem }: TrustState[number]): string {
  const words = { trusted: 'trusted', 'not-trusted': 'not trusted', unknown: 'unknown' };
  return `${name} (${location}): ${problem ? explain(problem) : words[state]}`;
}

function renderCertificateFacts(certificate: ShownCertificate): readonly TreeNode[] {
  if (certificate.kind !== 'present') return [];
  const { names, issuer, issuerName, serial, keyType, keyEncrypted, fingerprint256, selfSigned } =
    certificate.facts;
  const { notBefore, notAfter } = certificate.facts;
  const validity = `${formatDate(notBefore)} to ${formatDate(notAfter)}`;
  const signer = selfSigned ? 'Itself' : issuerName;
  return [
    line('names', 'Names', names.join(', '), 'globe', names.join('\n')),
    line('validity', 'Valid', validity, 'calendar'),
    line('issuer', 'Signed by', signer, 'organization', issuer),
    line('key', 'Key', keyEncrypted ? `${keyType}, with a passphrase` : keyType, 'key'),
    line('serial', 'Serial', serial, 'list-ordered'),
    line(
      'fingerprint',
      'SHA-256',
      `${fingerprint256.slice(0, 23)}…`,
      'symbol-numeric',
      `SHA-256 fingerprint\n${fingerprint256}`,
    ),
  ];
}

function renderDomain(snapshot: Snapshot, now: number): TreeNode {
  const { domain } = snapshot;
  const reason = explainInvalidName(domain);
  const uncovered = shownProblems(snapshot, now).find(({ code }) => code === 'name-mismatch');
  const wrong = reason ?? (uncovered && 'The certificate does not cover it.');
  return {
    id: 'domain',
    label: 'Domain',
    description: domain,
    tooltip: [`CHROMA_DOMAIN is ${domain}`, ...(wrong === undefined ? [] : [wrong])].join('\n'),
    icon: wrong === undefined ? { name: 'globe' } : { name: 'warning', color: WARNING },
    contextValue: 'domain',
    children: [],
  };
}

function renderProblem({ code, message }: Problem): TreeNode {
  return {
    id: `problem.${code}`,
    label: message,
    tooltip: message,
    icon: { name: 'warning', color: WARNING },
    contextValue: 'problem',
    ...(code === 'key-locked' ? { command: 'chromaTls.protectKey' } : {}),
    ...(code === 'key-tracked' ? { command: 'chromaTls.untrackKey' } : {}),
    children: [],
  };
}

function line(id: string, label: string, value: string, icon: string, tooltip?: string): TreeNode {
  return {
    id,
    label,
    description: value,
    tooltip: tooltip ?? `${label}: ${value}`,
    icon: { name: icon },
    contextValue: id,
    children: [],
  };
}

function chooseServerIcon({ state }: Status): TreeNode['icon'] {
  switch (state) {
    case 'unconfigured':
    case 'stopped':
      return { name: 'circle-slash' };
    case 'checking':
    case 'starting':
    case 'stopping':
      return { name: 'loading~spin' };
    case 'healthy':
      return { name: 'pass-filled', color: GOOD };
    case 'degraded':
      return { name: 'warning', color: WARNING };
    case 'unreachable':
    case 'failed':
      return { name: 'error', color: BAD };
  }
}

function chooseCertificateIcon(
  certificate: ShownCertificate,
  problems: readonly Problem[],
): TreeNode['icon'] {
  switch (certificate.kind) {
    case 'none':
    case 'unseen':
      return { name: 'shield' };
    case 'broken':
    case 'unverified':
      return { name: 'error', color: BAD };
    case 'present':
      return problems.length === 0
        ? { name: 'verified-filled', color: GOOD }
        : { name: 'warning', color: WARNING };
  }
}
