import { chooseAction } from '../../../chroma/status/problem-cure.ts';
import type { Snapshot } from '../../../chroma/status/snapshot.ts';
import type { Problem } from '../../../system/errors.ts';
import { ours, toButton, type Button } from '../actions.ts';

/** The button for a problem. Where nothing here helps, the status says all there is. Pure. */
export function chooseCure(problem: Problem, snapshot: Snapshot): Button {
  const action = chooseAction(problem, snapshot);
  return action === undefined ? ours('chromaTls.showStatus') : toButton(action);
}
