import { deriveStatus, type Snapshot } from '../chroma/status.ts';
import { ours, toButton, type Button } from './actions.ts';
import { COMMANDS } from './command-ids.ts';
import { listFacts, listTroubles } from './facts.ts';
import { fittingCommands, namedCure } from './fitting-actions.ts';
import { describeState } from './status-bar-model.ts';

/** One row of the status quick pick. */
export type StatusRow =
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'action'; readonly icon: string; readonly button: Button }
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
  const status = deriveStatus(snapshot);
  const named = namedCure(status);
  const cure = named === undefined ? undefined : toButton(named);
  const troubles = listTroubles(snapshot, status);
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
      ...(cure ? [action('lightbulb', cure)] : []),
      ...fittingCommands(status)
        .filter((command) => command !== cure?.command || cure.arguments.length > 0)
        .map((command) => action(COMMANDS[command].icon, ours(command))),
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

function heading(label: string): StatusRow {
  return { kind: 'heading', label };
}

function action(icon: string, button: Button): StatusRow {
  return { kind: 'action', icon, button };
}
