import { deriveStatus, type Status } from '../../chroma/status/status.ts';
import { COMMANDS } from './command-ids.ts';
import { listFacts, listTroubles, type Fact } from './facts.ts';
import { offerActions, type OfferedAction } from './offered-actions.ts';
import type { UiState } from './ui-state.ts';
import { abbreviateStep, describeStep, nameState } from './wording.ts';

/** The status-bar item as plain data. */
export interface StatusBarModel {
  readonly text: string;
  readonly severity: 'none' | 'warning' | 'error';
  readonly tooltip: Tooltip;
  readonly accessibleLabel: string;
}

export interface Tooltip {
  readonly title: string;
  readonly troubles: readonly string[];
  readonly facts: readonly Fact[];
  /** Our own commands only: no tooltip may run anything else. */
  readonly actions: readonly OfferedAction[];
}

/** How many actions a tooltip offers; the quick pick behind a click has all of them. */
const TOOLTIP_ACTIONS = 3;

/** The item for what is known; undefined where there is nothing to speak of. Pure. */
export function renderStatusBar(state: UiState, now: number): StatusBarModel | undefined {
  if (state.kind !== 'folder') return undefined;
  const { snapshot, name } = state;
  const status = deriveStatus(snapshot, now);
  const title = `Chroma${name === undefined ? '' : ` in ${name}`}: ${describeState(status)}`;
  const troubles = listTroubles(snapshot, status, now);
  return {
    text: `$(${chooseIcon(status)}) ${chooseText(status)}`,
    severity: chooseSeverity(status),
    tooltip: {
      title,
      troubles,
      facts: listFacts(snapshot, now),
      actions: offerActions(status, snapshot)
        .filter(({ command }) => command in COMMANDS)
        .slice(0, TOOLTIP_ACTIONS),
    },
    accessibleLabel: [title, ...troubles].join('. '),
  };
}

/** A state in a few words, with the step where it is under way. */
export function describeState(status: Status): string {
  return status.state === 'starting' ? describeStep(status.step) : nameState(status.state);
}

function chooseText(status: Status): string {
  if (status.state === 'unconfigured') return 'Chroma';
  return `Chroma: ${status.state === 'starting' ? abbreviateStep(status.step) : nameState(status.state)}`;
}

function chooseIcon({ state }: Status): string {
  switch (state) {
    case 'unconfigured':
      return 'shield';
    case 'stopped':
      return 'circle-slash';
    case 'checking':
    case 'starting':
    case 'stopping':
      return 'sync~spin';
    case 'healthy':
      return 'shield';
    case 'degraded':
      return 'warning';
    case 'unreachable':
    case 'failed':
      return 'error';
  }
}

function chooseSeverity({ state }: Status): StatusBarModel['severity'] {
  switch (state) {
    case 'checking':
    case 'unconfigured':
    case 'stopped':
    case 'starting':
    case 'stopping':
    case 'healthy':
      return 'none';
    case 'degraded':
      return 'warning';
    case 'unreachable':
    case 'failed':
      return 'error';
  }
}
