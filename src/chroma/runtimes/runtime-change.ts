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
export function describeChange({ from, to, dataLeft }: RuntimeChange): string {
  return `The last Chroma of this folder ran with ${from}. Its data stays ${dataLeft}; Chroma with ${to} does not see it.`;
}

/** Why nothing was started, and both ways on. Pure. */
export function explainChange(change: RuntimeChange): Problem {
  const { from, to } = change;
  return {
    code: 'runtime-change',
    what: `Chroma was not started, because it would run with ${to}, without your present data.`,
    why: describeChange(change),
    next: `To start it with ${to} all the same, answer with --yes. To go on with the present data, set chromaTls.runtime (--runtime) to ${from}.`,
    action: 'openSettings',
  };
}
