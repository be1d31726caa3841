import { describeExpiry } from '../../../certificates/inspect/expiry.ts';
import {
  describeAttempt,
  describePlan,
  describeSource,
} from '../../../certificates/public/renewal-words.ts';
import type { CertificateFacts } from '../../../certificates/inspect/certificate-state.ts';
import {
  shownCertificate,
  shownProblems,
  type ShownCertificate,
} from '../../../chroma/status/shown-certificate.ts';
import { shownRenewal } from '../../../chroma/status/shown-renewal.ts';
import { isExternal, type Snapshot } from '../../../chroma/status/snapshot.ts';
import { describeMoment } from '../../../system/moment-text.ts';
import { ours, type Button } from '../actions.ts';
import { describeCertificateState, nameRenewal } from '../facts.ts';
import { formatDate } from '../messages/wording.ts';
import { renderProblem } from './problem-rows.ts';
import { factRow, row, type TreeNode } from './tree-node.ts';
import { renderTrust } from './trust-row.ts';

/** The certificate, with what is wrong with it and what is known of it. */
export function renderCertificate(snapshot: Snapshot, now: number): TreeNode {
  const certificate = shownCertificate(snapshot);
  const description = describeCertificateState(certificate, now);
  const problems = shownProblems(snapshot, now);
  const isTheirs = isExternal(snapshot);
  const tooltip = [`Certificate: ${description}`, ...problems.map(({ what }) => what)].join('\n');
  return row({
    id: 'certificate',
    label: 'Certificate',
    description,
    tooltip,
    copies: tooltip,
    saying: problems.length === 0 ? [] : [countProblems(problems.length)],
    contextValue: isTheirs ? 'servedCertificate' : `certificate.${certificate.kind}`,
    click: chooseClick(certificate, isTheirs),
    children: [
      ...problems.map((problem) =>
        renderProblem(problem, snapshot, certificate.kind === 'broken' ? 'error' : 'warning'),
      ),
      ...(certificate.kind === 'present' ? renderFacts(certificate.facts, isTheirs, now) : []),
      ...renderRenewal(snapshot, now),
      ...(certificate.kind === 'present' && !isTheirs ? [renderTrust(snapshot.trust)] : []),
      ...(certificate.kind === 'present' ? [renderDetails(certificate.facts)] : []),
    ],
  });
}

function countProblems(count: number): string {
  return count === 1 ? '1 problem' : `${count} problems`;
}

/** Theirs does not lie in a file here, so it cannot be opened as a page. */
function chooseClick({ kind }: ShownCertificate, isTheirs: boolean): Button {
  if (isTheirs) return ours('chromaTls.showStatus');
  return ours(kind === 'none' ? 'chromaTls.generateCertificate' : 'chromaTls.openCertificate');
}

/** What a user looks for: whom it is for, and its end, which a narrow view cuts off above. */
function renderFacts(
  { names, notAfter }: CertificateFacts,
  isTheirs: boolean,
  now: number,
): readonly TreeNode[] {
  const click = isTheirs ? {} : { click: ours('chromaTls.openCertificate') };
  const [label = '', ...when] = describeExpiry(notAfter, now).split(' ');
  return [
    factRow('names', 'Names', names.join(', '), 'globe', { tooltip: names.join('\n'), ...click }),
    factRow('expiry', label, when.join(' '), 'calendar', {
      tooltip: `Valid until ${describeMoment(notAfter)}`,
      ...click,
    }),
  ];
}

/** Where it came from, and when the next one does. */
function renderRenewal(snapshot: Snapshot, now: number): readonly TreeNode[] {
  const renewal = shownRenewal(snapshot, now);
  if (!renewal) return [];
  const { source, record, plan } = renewal;
  const attempt = describeAttempt(record);
  const isHere = plan.why !== 'never';
  return [
    factRow('renewal', 'Renewal', nameRenewal(renewal), 'sync', {
      tooltip: [
        `Source: ${describeSource(source)}`,
        describePlan(plan),
        ...(attempt === undefined ? [] : [attempt]),
      ].join('\n'),
      contextValue: `renewal.${isHere ? 'here' : 'elsewhere'}`,
      click: ours(isHere ? 'chromaTls.renewCertificate' : 'chromaTls.importCertificate'),
    }),
  ];
}

/** What few look for, closed until they do. */
function renderDetails(facts: CertificateFacts): TreeNode {
  const { issuer, issuerName, serial, keyType, keyEncrypted, fingerprint256, selfSigned } = facts;
  const validity = `${formatDate(facts.notBefore)} to ${formatDate(facts.notAfter)}`;
  return row({
    id: 'details',
    label: 'Details',
    tooltip: 'What else is in the certificate',
    copies: `SHA-256 ${fingerprint256}`,
    isFolded: true,
    children: [
      factRow('validity', 'Valid', validity, 'history'),
      factRow('issuer', 'Signed by', selfSigned ? 'Itself' : issuerName, 'organization', {
        tooltip: issuer,
        copies: issuer,
      }),
      factRow('key', 'Key', keyEncrypted ? `${keyType}, with a passphrase` : keyType, 'key'),
      factRow('serial', 'Serial', serial, 'list-ordered'),
      factRow('fingerprint', 'SHA-256', `${fingerprint256.slice(0, 23)}…`, 'symbol-numeric', {
        tooltip: `SHA-256 fingerprint\n${fingerprint256}`,
        copies: fingerprint256,
      }),
    ],
  });
}
