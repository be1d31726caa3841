import type { Problem } from '../../system/errors.ts';
import type { RuntimeKind } from '../server-facts.ts';

/** A start would run another server than the last one, with other data. */
export interface RuntimeChange {
  readonly from: RuntimeKind;
  readonly to: RuntimeKind;
  /** Where the present data stays, such as `in the volume chroma-tls-…-data`. */
  readonly dataLeft: string;
}

/** `keep`: run it as the last time, with the data that is there. */
export type ChangeAnswer = 'change' | 'keep' | 'refuse';

/** Asks before a start leaves the present data behind. */
export type AcceptChange = (change: RuntimeChange) => Promise<ChangeAnswer>;

/** What a user is told of such a change, as sentences. Pure. */
export function describeChange({ to, dataLeft }: RuntimeChange): string {
  return `Its data stays ${dataLeft}, which ${to} does not use.`;
}

/** Why nothing was started, and both ways on. Pure. */
export function explainChange(change: RuntimeChange): Problem {
  const { from, to } = change;
  return {
    code: 'runtime-change',
    what: `Chroma was not started: with ${to} it would not have your data.`,
    why: describeChange(change),
    next: `Set chromaTls.runtime to ${from} to keep the data, or to ${to} to start without it.`,
    inTerminal: `Keep the data with --runtime ${from}, or start without it with --yes.`,
    action: 'openSettings',
  };
}
