import { isCancellation, toProblem, type Problem } from '../../system/errors.ts';
import type { Settings } from '../../project/settings.ts';
import { runsNothing } from '../../containers/engine-problems.ts';
import type { Runtime } from './runtime.ts';
import type { Observation, RuntimeKind, UnavailableRuntime } from '../server-facts.ts';

type Setting = Settings['runtime'];

interface RuntimeFailure {
  readonly kind: RuntimeKind;
  readonly problem: Problem;
}

/**
 * What the runtimes together see. A running server counts more than one that has ended. Where none is
 * seen, the runtime that would know may have failed to answer. All are asked at once, and the first
 * running server decides: nobody waits for an engine that gives no answer.
 *
 * @param runtimes in the order in which their servers count
 */
export async function observeEvery(
  runtimes: readonly Runtime[],
  setting: Setting,
): Promise<Observation> {
  const decided = new AbortController();
  const failures: RuntimeFailure[] = [];
  const observe = async (runtime: Runtime): Promise<Observation> => {
    try {
      return await runtime.observe(decided.signal);
    } catch (error) {
      failures.push({ kind: runtime.kind, problem: toProblem(error) });
      return { kind: 'none' };
    }
  };
  const seen: Observation[] = [];
  for (const asked of runtimes.map(observe)) {
    const observation = await asked;
    if (observation.kind === 'running') {
      decided.abort();
      return observation;
    }
    seen.push(observation);
  }
  const found = seen.find(({ kind }) => kind !== 'none');
  if (found) return found;
  const unavailable = findUnavailable(failures, setting);
  return { kind: 'none', ...(unavailable ? { unavailable } : {}) };
}

/**
 * The failure because of which a server may be unseen. With `auto`, an engine that is missing or does
 * not run is none: it has no containers. Pure.
 */
function findUnavailable(
  failures: readonly RuntimeFailure[],
  setting: Setting,
): UnavailableRuntime | undefined {
  const found = failures.find(({ kind, problem }) =>
    setting === 'auto' ? !runsNothing(problem) : kind === setting,
  );
  if (!found) return undefined;
  const { problem } = found;
  return { problem, isDecisive: setting !== 'auto' && !runsNothing(problem) };
}

/**
 * Ends what any of the runtimes runs for the workspace, all at once.
 *
 * @param seen what was seen of the server before
 * @throws the first failure of a runtime that counts: the one that is set, the one whose server was
 *   seen, or, with `auto` and nothing seen, any. AbortError
 */
export async function stopEvery(
  runtimes: readonly Runtime[],
  { seen, setting, signal }: { seen: Observation; setting: Setting; signal?: AbortSignal },
): Promise<void> {
  const ends = await Promise.allSettled(
    runtimes.map(async (runtime) => {
      await runtime.stop(signal);
    }),
  );
  const failures = ends.flatMap((end, at): unknown[] => {
    if (end.status === 'fulfilled') return [];
    const kind = runtimes[at]?.kind;
    const counts = kind === undefined || isConcerned(kind, seen, setting);
    return counts || isCancellation(end.reason) ? [end.reason] : [];
  });
  const cancellation = failures.find(isCancellation);
  if (cancellation !== undefined) throw cancellation as Error;
  if (failures.length > 0) throw failures[0];
}

function isConcerned(kind: RuntimeKind, seen: Observation, setting: Setting): boolean {
  if (kind === setting) return true;
  return seen.kind === 'none' ? setting === 'auto' : kind === seen.server.runtime;
}
