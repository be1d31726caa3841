import {
  describeTrust,
  listFormer,
  type TrustState,
} from '../../../certificates/trust/trust-state.ts';
import { explain } from '../../../system/errors.ts';
import { ours } from '../actions.ts';
import { WARNING } from '../state-looks.ts';
import { factRow, row, type TreeNode } from './tree-node.ts';

/** What the trust stores say; they are asked when the view is seen. */
export function renderTrust(trust: TrustState | undefined): TreeNode {
  if (!trust) return factRow('trust', 'Trust', 'Checking…', 'verified');
  const former = listFormer(trust);
  const left = former === '' ? [] : [`A former authority is still trusted by ${former}.`];
  return row({
    id: 'trust',
    label: 'Trust',
    description: [describeTrust(trust), ...left].join('. '),
    tooltip: [...left, ...trust.map(describeStore)].join('\n'),
    icon: former === '' ? { name: 'verified' } : { name: 'warning', color: WARNING },
    contextValue: `trust.${former === '' ? extentOf(trust) : 'former'}`,
    // Where all trust it, it says so: a click takes no trust away.
    click: ours('chromaTls.trustCertificate'),
  });
}

/** How many of the stores trust the authority. Pure. */
function extentOf(trust: TrustState): 'none' | 'some' | 'all' {
  const trusted = trust.filter(({ state }) => state === 'trusted');
  return trusted.length === 0 ? 'none' : trusted.length === trust.length ? 'all' : 'some';
}

function describeStore({ name, location, state, problem }: TrustState[number]): string {
  const words = { trusted: 'trusted', 'not-trusted': 'not trusted', unknown: 'unknown' };
  return `${name} (${location}): ${problem ? explain(problem) : words[state]}`;
}
