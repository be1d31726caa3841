import type { Button } from '../actions.ts';
import { joinSentences } from '../shown-text.ts';
import type { Icon } from '../state-looks.ts';

/** A line of the view as plain data. */
export interface TreeNode {
  /** Stable, so that the view keeps what is unfolded and selected. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Plain text: the words of files and programs are never read as Markdown. */
  readonly tooltip: string;
  /** What is read out: the text that is seen, then what the icon says. */
  readonly accessibleLabel: string;
  /** None where a line can be opened: VS Code then draws the icons below it closer, with more room. */
  readonly icon?: Icon;
  /** What the manifest's menus match; a test compares the two. */
  readonly contextValue: string;
  /** What a click does. */
  readonly click?: Button;
  /** What Copy Value copies. */
  readonly copies: string;
  /** It is closed until a user opens it. */
  readonly isFolded?: true;
  readonly children: readonly TreeNode[];
}

type Given = Pick<TreeNode, 'id' | 'label'> &
  Partial<TreeNode> & {
    /** Sentences to read out after the text, for what only the icon shows. */
    readonly saying?: readonly string[];
  };

/** A line; what is not given follows from its text. */
export function row({ saying = [], ...given }: Given): TreeNode {
  const { id, label, description } = given;
  const text = description === undefined ? label : `${label}: ${description}`;
  return {
    tooltip: text,
    accessibleLabel: joinSentences([text, ...saying]),
    contextValue: id,
    copies: description ?? label,
    children: [],
    ...given,
  };
}

/** A line that shows one value. */
export function factRow(
  id: string,
  label: string,
  value: string,
  icon: string,
  more: Partial<TreeNode> = {},
): TreeNode {
  return row({ id, label, description: value, icon: { name: icon }, ...more });
}
