import { explainInvalidName } from '../../../project/domain.ts';
import { shownProblems } from '../../../chroma/status/shown-certificate.ts';
import type { Snapshot } from '../../../chroma/status/snapshot.ts';
import { ours } from '../actions.ts';
import { WARNING } from '../state-looks.ts';
import { row, type TreeNode } from './tree-node.ts';

/** The name that clients call, and whether it can be used. */
export function renderDomain(snapshot: Snapshot, now: number): TreeNode {
  const { domain } = snapshot;
  const mismatch = shownProblems(snapshot, now).some(({ code }) => code === 'name-mismatch')
    ? 'The certificate does not cover it.'
    : undefined;
  const wrong = explainInvalidName(domain) ?? mismatch;
  const saying = wrong === undefined ? [] : [wrong];
  return row({
    id: 'domain',
    label: 'Domain',
    description: domain,
    tooltip: [`CHROMA_DOMAIN is ${domain}`, ...saying].join('\n'),
    saying,
    icon: wrong === undefined ? { name: 'globe' } : { name: 'warning', color: WARNING },
    click: ours('chromaTls.setDomain'),
  });
}
