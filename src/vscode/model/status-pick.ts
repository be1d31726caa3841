import { deriveStatus } from '../../chroma/status/derive-status.ts';
import { lastingProblems } from '../../chroma/status/certificate-problems.ts';
import type { Snapshot } from '../../chroma/status/snapshot.ts';
import { toButton } from './actions.ts';
import { listFacts, listTroubles } from './facts.ts';
import { offerActions, type OfferedAction } from './offered-actions.ts';
import { describeState } from './status-bar.ts';

/** One row of the status quick pick. */
export type StatusRow =
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'action'; readonly action: OfferedAction }
  /** Choosing one copies `copies`. */
  | {
      readonly kind: 'fact';
      readonly icon: string;
      readonly label: string;
      readonly description?: string;
      readonly copies: string;
    };

export interface StatusPick {
  readonly title: string;
  readonly rows: readonly StatusRow[];
}

/** What is wrong, what can be done, what is known: the status, in full. Pure. */
export function renderStatusPick(snapshot: Snapshot, now: number): StatusPick {
  const status = deriveStatus(snapshot, now);
  const troubles = listTroubles(snapshot, status, now);
  return {
    title: `Chroma: ${describeState(status)}`,
    rows: [
      ...(troubles.length > 0 ? [heading('Problems')] : []),
      ...troubles.map((label): StatusRow => ({
        kind: 'fact',
        icon: 'warning',
        label,
        copies: label,
      })),
      heading('Actions'),
      ...[...unlockAction(snapshot), ...offerActions(status, snapshot)].map(
        (action): StatusRow => ({ kind: 'action', action }),
      ),
      heading('Facts'),
      ...listFacts(snapshot, now).map(({ label, value }): StatusRow => ({
        kind: 'fact',
        icon: 'info',
        label,
        description: value,
        copies: value,
      })),
    ],
  };
}

/** In every state: a locked key can do nothing. */
function unlockAction({ certificate }: Snapshot): readonly OfferedAction[] {
  const locked = lastingProblems(certificate).some(({ code }) => code === 'key-locked');
  return locked ? [{ ...toButton('enterPassphrase'), icon: 'key' }] : [];
}

function heading(label: string): StatusRow {
  return { kind: 'heading', label };
}
