import type { WorkspaceFolder } from 'vscode';
import {
  describeChange,
  type ChangeAnswer,
  type RuntimeChange,
} from '../../chroma/runtimes/runtime-change.ts';
import { cancellation } from '../../system/errors.ts';
import { writeSetting } from './configuration.ts';
import { ask } from './plain-window.ts';

/**
 * Asks before a start that leaves the present data behind. Keeping the runtime sets it for this
 * folder, so the question does not come again.
 *
 * @throws AbortError when the user does not answer
 */
export async function askAboutChange(
  folder: WorkspaceFolder,
  change: RuntimeChange,
): Promise<ChangeAnswer> {
  const { from, to } = change;
  const start = `Start with ${to}`;
  const keep = `Keep ${from}`;
  const answer = await ask(
    `Start Chroma with ${to}, without your present data?`,
    `${describeChange(change)} Nothing is deleted.`,
    start,
    keep,
  );
  if (answer === start) return 'change';
  if (answer !== keep) throw cancellation();
  await writeSetting(folder, 'runtime', from);
  return 'keep';
}
