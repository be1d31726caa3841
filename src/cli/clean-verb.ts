import { explainInTerminal } from '../system/errors.ts';
import { clean as removeAll, isEmpty, planClean } from '../workspace/clean.ts';
import { nameBelonging, select, type Belonging, type CleanPlan } from '../workspace/clean-plan.ts';
import { agrees, confirm } from './confirm.ts';
import { open, say, type CliContext } from './verbs.ts';

/**
 * Lists what the folder has outside of itself, and removes it after a yes; the data only after another.
 * Exit 1 where there was no yes, or something could not be removed.
 */
export async function clean(context: CliContext): Promise<number> {
  const { options, signal } = context;
  const workspace = await open(context);
  const plan = await planClean(workspace, signal);
  for (const line of renderPlan(plan)) say(line);
  const data = select(plan, true);
  let withData = data.length > 0 && options.data && options.yes;
  if (!isEmpty(plan)) {
    await confirm(context, {
      question: 'Remove it?',
      details: [],
      refused: 'Nothing was removed.',
    });
    if (data.length > 0 && process.stdin.isTTY && !options.yes) {
      withData = await agrees('Delete the data too? It cannot be brought back.', signal);
    }
  }
  const agreed = plan.found.filter(({ isData }) => withData || !isData);
  const { removed, problems, notes } = await removeAll(workspace, plan, agreed, {
    signal,
    hasTerminal: process.stdin.isTTY,
    report: (name) => process.stderr.write(`${name}…\n`),
  });
  for (const belonging of removed) {
    say(`Removed: ${nameBelonging(belonging)}, ${belonging.locations.join(', ')}`);
  }
  if (data.length > 0 && !withData) {
    say('The data stays: chroma-tls clean --data --yes deletes it too.');
  }
  for (const note of notes) say(note);
  for (const problem of problems) process.stderr.write(`${explainInTerminal(problem)}\n`);
  if (problems.length > 0) process.stderr.write('Then run chroma-tls clean again.\n');
  return problems.length === 0 ? 0 : 1;
}

/** What a user reads before they agree. Pure. */
export function renderPlan(plan: CleanPlan): readonly string[] {
  const data = select(plan, true);
  const other = select(plan, false);
  return [
    ...(isEmpty(plan) ? ['Nothing outside of this folder is left of it.'] : []),
    ...(plan.isRunning || other.length > 0 ? ['Outside of this folder, because of it:'] : []),
    ...(plan.isRunning ? ['  The server that runs is stopped first.'] : []),
    ...other.flatMap(renderBelonging),
    ...(data.length > 0 ? ['Its data, which takes a second yes (--data):'] : []),
    ...data.flatMap(renderBelonging),
    'What stays:',
    ...plan.stays.map((line) => `  ${line}`),
  ];
}

function renderBelonging(belonging: Belonging): readonly string[] {
  const { locations, how } = belonging;
  return [`  ${nameBelonging(belonging)}: ${how}`, ...locations.map((place) => `    ${place}`)];
}
