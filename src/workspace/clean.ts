import { readLastRuntime } from '../chroma/runtimes/runtime-choice.ts';
import { holdStartLock } from '../chroma/start-lock.ts';
import { workspaceDataFolder } from '../project/data-folder.ts';
import { isCancellation, toProblem, type Problem } from '../system/errors.ts';
import { findCertbotHooks } from './belongings/from-certbot.ts';
import { closeDataFolder, findInDataFolder } from './belongings/in-data-folder.ts';
import { findInEngines } from './belongings/in-engine.ts';
import { findInTrustStores } from './belongings/in-trust-stores.ts';
import { findWhatStays } from './belongings/of-others.ts';
import { findPrivateChromas } from './belongings/private-chromas.ts';
import {
  planCleaning,
  type Belonging,
  type CleanPlan,
  type Findings,
  type FoundBelonging,
  type Removed,
  type Removal,
} from './clean-plan.ts';
import type { WorkspaceContext } from './context.ts';
import { stopChroma } from './stop.ts';

export interface CleanOptions extends Pick<Removal, 'signal' | 'hasTerminal'> {
  /** Hears what is under way. */
  readonly report: (name: string) => void;
}

/** What became of a plan. */
export interface Cleaned extends Removed {
  readonly removed: readonly Belonging[];
}

/** These may be in use, so they go only once the server has ended. */
const USED_BY_SERVER: readonly Belonging['kind'][] = [
  'containers',
  'volume',
  'data',
  'logs',
  'chroma',
  'records',
];

/**
 * Lists what a folder has outside of itself. Changes nothing.
 *
 * @param more what only a shell knows of, such as an editor's secrets
 */
export async function planClean(
  context: WorkspaceContext,
  signal: AbortSignal,
  more: readonly Findings[] = [],
): Promise<CleanPlan> {
  const { workspace, server } = context;
  await server.observe();
  const { observation } = server.snapshot;
  const isRunning = observation.kind !== 'none' && observation.server.runtime !== 'external';
  const findings = await Promise.all([
    findInTrustStores(context),
    findInEngines(context, signal),
    findCertbotHooks(workspace),
    findInDataFolder(workspace),
    findPrivateChromas(workspace),
    findWhatStays(context),
  ]);
  return planCleaning([...findings, ...more], isRunning);
}

/**
 * Stops the server, then removes what a user has agreed to. What cannot be removed stops nothing else.
 * What says whose the rest is goes last, so a run that is killed is done again by the next one.
 *
 * @param agreed from the plan
 * @throws AbortError; ExplainedError `start-busy`
 */
export async function clean(
  context: WorkspaceContext,
  plan: CleanPlan,
  agreed: readonly FoundBelonging[],
  options: CleanOptions,
): Promise<Cleaned> {
  const { workspace, server } = context;
  const { signal } = options;
  const folder = workspaceDataFolder(workspace);
  const problems: Problem[] = [];
  const notes: string[] = [];
  const removed = new Set<Belonging>();
  const left = (): readonly Belonging[] => plan.found.filter((found) => !removed.has(found));
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    signal.throwIfAborted();
    try {
      await work();
      return true;
    } catch (error) {
      if (isCancellation(error)) throw error;
      problems.push(toProblem(error));
      return false;
    }
  };
  const isKnown = plan.unknown.length === 0;
  if (isEmpty(plan)) {
    if (isKnown) await closeDataFolder(folder);
    return { removed: [], problems: plan.unknown, notes };
  }
  if (plan.isRunning) options.report('The server');
  const ran = await readLastRuntime(workspace);
  const mayRun = plan.isRunning || ran !== undefined;
  const stop = async (): Promise<void> => {
    await stopChroma(server, signal);
  };
  const hasStopped = !mayRun || (await attempt(stop));
  // What a local server has left goes even if an engine cannot be asked.
  const hasEnded = hasStopped || (ran === 'local' && server.snapshot.observation.kind === 'none');
  // Nobody starts one meanwhile.
  await holdStartLock(workspace, { doing: 'stopping', signal }, async () => {
    for (const belonging of agreed) {
      if (!hasEnded && USED_BY_SERVER.includes(belonging.kind)) continue;
      options.report(belonging.name);
      await attempt(async () => {
        const outcome = await belonging.remove({ ...options, left });
        problems.push(...outcome.problems);
        notes.push(...outcome.notes);
        if (outcome.problems.length === 0) removed.add(belonging);
      });
    }
  });
  if (isKnown && problems.length === 0 && left().length === 0) await closeDataFolder(folder);
  return { removed: [...removed], problems: eachOnce([...problems, ...plan.unknown]), notes };
}

/** Whether there is nothing to remove. Pure. */
export function isEmpty({ found, isRunning }: CleanPlan): boolean {
  return found.length === 0 && !isRunning;
}

function eachOnce(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(
    ({ what }, index) => problems.findIndex((other) => other.what === what) === index,
  );
}
