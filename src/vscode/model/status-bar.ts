import type { StartStep } from '../../chroma/runtimes/runtime.ts';
import { deriveStatus, type Status } from '../../chroma/status/derive-status.ts';
import { COMMANDS } from './command-ids.ts';
import { listFacts, listTroubles, type Fact } from './facts.ts';
import { offerActions, type OfferedAction } from './offered-actions.ts';
import { asShownText, joinSentences } from './shown-text.ts';
import { STATE_LOOKS } from './state-looks.ts';
import type { UiState } from './ui-state.ts';
import { describeStep } from './messages/wording.ts';

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
  /** Our own commands only: a tooltip may run nothing else. */
  readonly actions: readonly OfferedAction[];
}

/** How many actions a tooltip offers; a click shows all of them. */
const TOOLTIP_ACTIONS = 3;

/** The item for the UI state; undefined where there is nothing to show. Pure. */
export function renderStatusBar(state: UiState, now: number): StatusBarModel | undefined {
  if (state.kind !== 'folder') return undefined;
  const { snapshot, name } = state;
  const status = deriveStatus(snapshot, now);
  const title = `Chroma${name === undefined ? '' : ` in ${name}`}: ${describeState(status)}`;
  const look = STATE_LOOKS[status.state];
  const troubles = listTroubles(snapshot, status, now);
  return {
    text: `$(${look.statusBarIcon}) ${chooseText(status, name)}`,
    severity: look.severity,
    tooltip: {
      title,
      troubles,
      facts: listFacts(snapshot, now),
      actions: offerActions(status, snapshot)
        .filter(({ command }) => command in COMMANDS)
        .slice(0, TOOLTIP_ACTIONS),
    },
    accessibleLabel: joinSentences([title, ...troubles]),
  };
}

/** A state in a few words, with the step of a start. */
export function describeState(status: Status): string {
  return status.state === 'starting' ? describeStep(status.step) : STATE_LOOKS[status.state].name;
}

/** The product and its state, or the folder's name and its state where several are open. */
function chooseText(status: Status, folder: string | undefined): string {
  const state =
    status.state === 'starting' ? SHORT_STEPS[status.step.kind] : STATE_LOOKS[status.state].name;
  const room = LONGEST_TEXT - state.length - ': '.length;
  return `${shorten(folder ?? 'Chroma', room)}: ${state}`;
}

/** By code points: half of a letter is none. */
function shorten(text: string, room: number): string {
  const letters = Array.from(asShownText(text.replaceAll(/\s+/g, ' ')));
  return letters.length <= room ? letters.join('') : `${letters.slice(0, room - 1).join('')}…`;
}

/** Characters; the status bar belongs to everyone. */
const LONGEST_TEXT = 20;

/** A step of a start in a word or two; the tooltip has the rest. */
const SHORT_STEPS: Readonly<Record<StartStep['kind'], string>> = {
  waiting: 'Waiting',
  choosing: 'Starting',
  certificate: 'Certificate…',
  pulling: 'Downloading',
  installing: 'Installing',
  creating: 'Creating',
  heartbeat: 'Connecting',
  elsewhere: 'Starting',
};
