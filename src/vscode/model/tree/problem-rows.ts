import type { Snapshot } from '../../../chroma/status/snapshot.ts';
import { explain, type Problem } from '../../../system/errors.ts';
import type { Button } from '../actions.ts';
import { chooseCure } from './problem-cures.ts';
import { labelProblem } from './problem-labels.ts';
import { joinSentences } from '../shown-text.ts';
import { BAD, WARNING } from '../state-looks.ts';
import { row, type TreeNode } from './tree-node.ts';

/**
 * Something that is wrong: in a few words, with its cure as its button and as what a click does. The
 * words stand alone, so that a narrow side bar cuts off none.
 */
export function renderProblem(
  problem: Problem,
  snapshot: Snapshot,
  severity: 'warning' | 'error' = 'warning',
): TreeNode {
  const cure = chooseCure(problem, snapshot);
  const hasCure = cure.command !== SHOWN_ALREADY;
  const text = explain(problem);
  const label = labelProblem(problem.code);
  return row({
    id: `problem.${problem.code}`,
    label,
    tooltip: hasCure ? `${text}\nClick to cure it: ${cure.label}` : text,
    accessibleLabel: joinSentences([
      `${label}, ${severity}`,
      text,
      ...(hasCure ? [`Cure: ${cure.label}`] : []),
    ]),
    copies: text,
    icon:
      severity === 'error' ? { name: 'error', color: BAD } : { name: 'warning', color: WARNING },
    contextValue: `problem.${nameCure(cure)}`,
    click: cure,
  });
}

/** It cures nothing: it only says more, and every line has it in its menu. */
const SHOWN_ALREADY = 'chromaTls.showStatus';

/** What the manifest's menus call a cure: a command of ours by its name, or `special`. */
function nameCure({ command, arguments: given }: Button): string {
  const own = /^chromaTls\.(\w+)$/.exec(command)?.[1];
  return own !== undefined && given.length === 0 ? own : 'special';
}
