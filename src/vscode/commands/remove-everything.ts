import { clean, isEmpty, planClean } from '../../workspace/clean.ts';
import {
  REMOVED,
  select,
  type CleanPlan,
  type Findings,
  type FoundBelonging,
} from '../../workspace/clean-plan.ts';
import { ExplainedError } from '../../system/errors.ts';
import { describeData, describeRemoval, describeRemoved } from '../model/messages/removal-text.ts';
import { runCancellable } from '../window/cancellable.ts';
import type { Passphrases } from '../window/passphrases.ts';
import { ask } from '../window/plain-window.ts';
import type { CommandHandler } from './command-context.ts';
import { isBusy } from './bring-up.ts';

const REMOVE = 'Remove';
const DELETE_DATA = 'Delete Data';
const KEEP_DATA = 'Keep Data';

/** Removes what a folder has outside of itself after a yes, and its data only after another. */
export const removeEverything: CommandHandler = async (context) => {
  const { session, notifier, passphrases } = context;
  const active = await session.require();
  if (!active || isBusy(context, active)) return;
  const { folder, server } = active;
  const workspace = await active.open();
  const plan = await runCancellable('Looking what there is', async ({ signal }) =>
    planClean(workspace, signal, [await findPassphrase(passphrases, workspace.workspace)]),
  );
  const agreed = isEmpty(plan) ? [] : await agree(folder.name, plan);
  if (!agreed) return;
  const cleaned = await runCancellable('Removing', ({ signal, report }) =>
    clean(workspace, plan, agreed, { signal, hasTerminal: false, report }),
  );
  await server.refreshProject();
  if (isEmpty(plan)) void notifier.inform('Nothing outside of this folder is left of it.');
  else void notifier.inform(describeRemoved(plan, cleaned));
  for (const note of cleaned.notes) void notifier.warn(note);
  for (const problem of cleaned.problems) notifier.report(new ExplainedError(problem));
};

/** @returns what may go; undefined where a user would rather leave everything as it is */
async function agree(
  folder: string,
  plan: CleanPlan,
): Promise<readonly FoundBelonging[] | undefined> {
  const others = select(plan, false);
  const data = select(plan, true);
  if (others.length > 0 || plan.isRunning) {
    const question = `Remove what Chroma TLS keeps outside of the folder “${folder}” for it?`;
    if ((await ask(question, describeRemoval(plan), REMOVE)) !== REMOVE) return undefined;
  }
  if (data.length === 0) return others;
  const question = `Delete the data of “${folder}” too? It cannot be brought back.`;
  const answer = await ask(question, describeData(plan), DELETE_DATA, KEEP_DATA);
  if (answer === undefined) return undefined;
  return answer === DELETE_DATA ? plan.found : others;
}

/** What only the editor keeps. */
async function findPassphrase(passphrases: Passphrases, workspace: string): Promise<Findings> {
  const passphrase: FoundBelonging = {
    kind: 'passphrase',
    name: 'Passphrase of the key',
    locations: ['VS Code’s secret storage'],
    how: 'forgotten',
    isData: false,
    remove: async () => {
      await passphrases.forget(workspace);
      return REMOVED;
    },
  };
  const isKept = (await passphrases.read(workspace)) !== undefined;
  return { found: isKept ? [passphrase] : [], stays: [], unknown: [] };
}
