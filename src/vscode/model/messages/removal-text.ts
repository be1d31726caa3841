import type { Cleaned } from '../../../workspace/clean.ts';
import {
  nameBelonging,
  select,
  type Belonging,
  type CleanPlan,
} from '../../../workspace/clean-plan.ts';

/** What a user reads before they agree that all but the data goes: a line for each thing. Pure. */
export function describeRemoval(plan: CleanPlan): string {
  return [
    ...(plan.isRunning ? ['The server that runs is stopped first.'] : []),
    ...select(plan, false).map(describeBelonging),
    '',
    ...plan.stays,
    ...plan.unknown.map(({ what }) => `Not looked at: ${what}`),
  ].join('\n');
}

/** What a user reads before they agree that the data goes too. Pure. */
export function describeData(plan: CleanPlan): string {
  return select(plan, true).map(describeBelonging).join('\n');
}

/** What came of it: what is gone, and what is still there, by name. Pure. */
export function describeRemoved(
  { found }: Pick<CleanPlan, 'found'>,
  { removed }: Pick<Cleaned, 'removed'>,
): string {
  const left = found.filter((belonging) => !removed.some((gone) => gone === belonging));
  return [
    removed.length === 0 ? 'Nothing was removed.' : `Removed: ${listNames(removed)}.`,
    ...(left.length === 0 ? [] : [`Still there: ${listNames(left)}.`]),
  ].join(' ');
}

function describeBelonging(belonging: Belonging): string {
  return `${nameBelonging(belonging)}: ${belonging.locations.join(', ')}`;
}

/** Each name once. */
function listNames(belongings: readonly Belonging[]): string {
  return [...new Set(belongings.map(({ name }) => name))].join(', ');
}
