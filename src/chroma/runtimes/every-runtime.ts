import { isCancellation, toProblem, type Problem } from '../../system/errors.ts';
import type { Settings } from '../../project/settings.ts';
import { isForbidden, runsNothing } from '../../containers/engine-problems.ts';
import type { Runtime } from './runtime.ts';
import { readLastRuntime } from './runtime-choice.ts';
import type { Observation, RuntimeKind, UnavailableRuntime } from '../server-facts.ts';

/** What tells which runtime may have the server of a workspace. */
interface Whereabouts {
  readonly setting: Settings['runtime'];
  /** What ran it the last time. */
  readonly last: RuntimeKind | undefined;
}

/** Where the data folder cannot be read, nothing ran before, as far as anybody knows. */
export async function findWhereabouts(
  workspace: string,
  setting: Settings['runtime'],
): Promise<Whereabouts> {
  return { setting, last: await readLastRuntime(workspace).catch(() => undefined) };
}

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
  whereabouts: Whereabouts,
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
  const unavailable = findUnavailable(failures, whereabouts);
  return { kind: 'none', ...(unavailable ? { unavailable } : {}) };
}

/** The failure because of which a server may be unseen. Pure. */
function findUnavailable(
  failures: readonly RuntimeFailure[],
  { setting, last }: Whereabouts,
): UnavailableRuntime | undefined {
  const found = failures.find((failure) =>
    setting === 'auto' ? mayHaveServer(failure, last) : failure.kind === setting,
  );
  if (!found) return undefined;
  const { problem } = found;
  return { problem, isDecisive: setting !== 'auto' && !runsNothing(problem) };
}

/**
 * Whether a runtime that cannot be asked may have a server nevertheless. An engine that is missing or
 * does not run has no container. One that does not let this user in has none that we made for them,
 * unless it had the last one; what a Compose file names may have been started by someone else. Pure.
 */
function mayHaveServer({ kind, problem }: RuntimeFailure, last: RuntimeKind | undefined): boolean {
  if (runsNothing(problem)) return false;
  return kind !== 'docker' || last === 'docker' || !isForbidden(problem);
}

/**
 * Ends what any of the runtimes runs for the workspace, all at once.
 *
 * @param whereabouts.seen what was seen of the server before
 * @throws the first failure of a runtime that counts: the one that is set, the one whose server was
 *   seen, or, with `auto` and nothing seen, any that may have one. AbortError
 */
export async function stopEvery(
  runtimes: readonly Runtime[],
  whereabouts: Whereabouts & { readonly seen: Observation },
  signal?: AbortSignal,
): Promise<void> {
  const { seen, setting, last } = whereabouts;
  const isConcerned = (failure: RuntimeFailure): boolean => {
    if (failure.kind === setting) return true;
    if (seen.kind !== 'none') return failure.kind === seen.server.runtime;
    return setting === 'auto' && mayHaveServer(failure, last);
  };
  const stop = async (runtime: Runtime): Promise<unknown> => {
    try {
      await runtime.stop(signal);
    } catch (error) {
      const failure = { kind: runtime.kind, problem: toProblem(error) };
      if (isCancellation(error) || isConcerned(failure)) return error;
    }
    return undefined;
  };
  const failures = (await Promise.all(runtimes.map(stop))).filter((error) => error !== undefined);
  const [failure] = [...failures.filter(isCancellation), ...failures];
  if (failure !== undefined) throw failure as Error;
}
