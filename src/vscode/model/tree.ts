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
  describeAttempt,
  describePlan,
  describeSource,
} from '../../certificates/public/renewal-words.ts';
import { shownRenewal } from '../../chroma/status/shown-renewal.ts';
import { deriveStatus, type Status } from '../../chroma/status/derive-status.ts';
import { isOfServer } from '../../chroma/status/server-problems.ts';
import { isExternal, type Snapshot } from '../../chroma/status/snapshot.ts';
import { explain, type Problem } from '../../system/errors.ts';
import { explainInvalidName } from '../../project/domain.ts';
import type { CommandId } from './command-ids.ts';
import {
  describeCertificateState,
  endpointOf,
  listTroubles,
  nameRenewal,
  runningServer,
} from './facts.ts';
import { describeState } from './status-bar.ts';
import { BAD, GOOD, STATE_LOOKS, WARNING, type Icon } from './state-looks.ts';
import type { UiState } from './ui-state.ts';
import { formatDate, nameImage, RUNTIME_NAMES, TERMINATION_NAMES } from './wording.ts';

/** A line of the view as plain data. */
export interface TreeNode {
  /** Stable, so that the view keeps what is unfolded and selected. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Plain text: the words of files and programs are never read as Markdown. */
  readonly tooltip: string;
  readonly icon: Icon;
  /** What the manifest's menus match; a test compares the two. */
  readonly contextValue: string;
  /** What a click does. */
  readonly command?: CommandId;
  readonly children: readonly TreeNode[];
}

/**
 * The view's lines. Without any, the view shows its welcome, which names the first step. Pure.
 *
 * The round trip is in the status bar only: it changes with every heartbeat, and a view that is
 * redrawn closes the tooltip that is being read.
 */
export function renderTree(state: UiState, now: number): readonly TreeNode[] {
  if (state.kind !== 'folder') return [];
  const { snapshot } = state;
  const status = deriveStatus(snapshot, now);
  if (status.state === 'unconfigured') return [];
  // The folder has not been read yet.
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
    icon: STATE_LOOKS[status.state].icon,
    contextValue: `${isExternal(snapshot) ? 'external' : 'server'}.${status.state}`,
    children: [
      ...renderTrouble(status),
      ...(address === undefined ? [] : [line('address', 'Address', address, 'link')]),
      ...(server
        ? [
            line('runtime', 'Runtime', RUNTIME_NAMES[server.runtime], 'server-process'),
            ...(server.image === undefined
              ? []
              : [line('image', nameImage(server), server.image, 'package')]),
            line('tls', 'TLS', TERMINATION_NAMES[server.tls], 'lock'),
          ]
        : []),
    ],
  };
}

/** Why the server is not healthy. */
function renderTrouble(status: Status): readonly TreeNode[] {
  switch (status.state) {
    case 'failed':
      return [trouble('failure', status.problem.what, explain(status.problem))];
    case 'unreachable':
      return [trouble('failure', status.failure.what, status.failure.what)];
    case 'degraded':
      // The certificate's own problems are listed under the certificate.
      return status.problems.filter(isOfServer).map(renderProblem);
    default:
      return [];
  }
}

function trouble(id: string, label: string, tooltip: string): TreeNode {
  const icon = { name: 'error', color: BAD };
  return leaf({
    id,
    label,
    tooltip,
    icon,
    contextValue: 'problem',
    command: 'chromaTls.showStatus',
  });
}

function renderCertificate(snapshot: Snapshot, now: number): TreeNode {
  const certificate = shownCertificate(snapshot);
  const description = describeCertificateState(certificate, now);
  const problems = shownProblems(snapshot, now);
  return {
    id: 'certificate',
    label: 'Certificate',
    description,
    tooltip: [`Certificate: ${description}`, ...problems.map(({ what }) => what)].join('\n'),
    icon: chooseCertificateIcon(certificate, problems),
    contextValue: isExternal(snapshot) ? 'servedCertificate' : `certificate.${certificate.kind}`,
    children: [
      ...problems.map(renderProblem),
      ...renderCertificateFacts(certificate),
      ...renderRenewal(snapshot, now),
      ...(certificate.kind === 'present' && !isExternal(snapshot)
        ? [renderTrust(snapshot.trust)]
        : []),
    ],
  };
}

/** Where it came from, and when the next one does. */
function renderRenewal(snapshot: Snapshot, now: number): readonly TreeNode[] {
  const renewal = shownRenewal(snapshot, now);
  if (!renewal) return [];
  const { source, record, plan } = renewal;
  const attempt = describeAttempt(record);
  return [
    {
      ...line('renewal', 'Renewal', nameRenewal(renewal), 'sync'),
      tooltip: [
        `Source: ${describeSource(source)}`,
        describePlan(plan),
        ...(attempt === undefined ? [] : [attempt]),
      ].join('\n'),
      contextValue: `renewal.${plan.why === 'never' ? 'elsewhere' : 'here'}`,
    },
  ];
}

/** What the trust stores say; they are asked when the view is seen. */
function renderTrust(trust: TrustState | undefined): TreeNode {
  if (!trust) return line('trust', 'Trust', 'Checking…', 'verified');
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
  const mismatch = shownProblems(snapshot, now).some(({ code }) => code === 'name-mismatch')
    ? 'The certificate does not cover it.'
    : undefined;
  const wrong = explainInvalidName(domain) ?? mismatch;
  return leaf({
    id: 'domain',
    label: 'Domain',
    description: domain,
    tooltip: [`CHROMA_DOMAIN is ${domain}`, ...(wrong === undefined ? [] : [wrong])].join('\n'),
    icon: wrong === undefined ? { name: 'globe' } : { name: 'warning', color: WARNING },
  });
}

function renderProblem({ code, what }: Problem): TreeNode {
  const command = CURES[code];
  return leaf({
    id: `problem.${code}`,
    label: what,
    tooltip: what,
    icon: { name: 'warning', color: WARNING },
    contextValue: 'problem',
    ...(command && { command }),
  });
}

const CURES: Readonly<Partial<Record<Problem['code'], CommandId>>> = {
  'renewal-failed': 'chromaTls.renewCertificate',
  'renewal-late': 'chromaTls.renewCertificate',
  'aws-behind': 'chromaTls.awsImportCertificate',
  'key-locked': 'chromaTls.protectKey',
  'key-tracked': 'chromaTls.untrackKey',
};

function line(id: string, label: string, value: string, icon: string, tooltip?: string): TreeNode {
  return leaf({
    id,
    label,
    description: value,
    tooltip: tooltip ?? `${label}: ${value}`,
    icon: { name: icon },
  });
}

type LeafNode = Pick<TreeNode, 'id' | 'label' | 'tooltip' | 'icon'> & Partial<TreeNode>;

function leaf(node: LeafNode): TreeNode {
  return { contextValue: node.id, children: [], ...node };
}

function chooseCertificateIcon(certificate: ShownCertificate, problems: readonly Problem[]): Icon {
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
