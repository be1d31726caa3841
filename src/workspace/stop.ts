import { findWhereabouts, observeEvery, stopEvery } from '../chroma/runtimes/every-runtime.ts';
import type { Observation } from '../chroma/server-facts.ts';
import { holdStartLock } from '../chroma/start-lock.ts';
import { isExternal } from '../chroma/status/snapshot.ts';
import type { Server } from '../chroma/server/server.ts';
import { toProblem } from '../system/errors.ts';
import { untilAborted } from '../system/time-limit.ts';

/**
 * Ends all servers of our own that run for this workspace, also behind one that someone else runs.
 *
 * @returns what was seen of our own before
 * @throws ExplainedError where a runtime that may run it cannot be asked; `start-busy`; AbortError
 */
export async function stopChroma(server: Server, signal?: AbortSignal): Promise<Observation> {
  try {
    return await keepStopping(server, signal);
  } finally {
    server.apply({ kind: 'operation', operation: undefined });
  }
}

/**
 * Stops, and looks what came of it. The operation `stopping` stays in the snapshot until the caller
 * ends it, so that a restart never shows a stopped server.
 */
export async function keepStopping(server: Server, signal?: AbortSignal): Promise<Observation> {
  const { workspace, runtimes } = server.environment;
  const setting = server.settings.runtime;
  server.apply({ kind: 'operation', operation: { kind: 'stopping' } });
  try {
    const own = runtimes.filter(({ kind }) => kind !== 'external');
    return await holdStartLock(workspace, { doing: 'stopping', signal }, async () => {
      // In our turn: what was under way before it may have changed what there is.
      await (signal ? untilAborted(signal, () => server.observe()) : server.observe());
      const whereabouts = await findWhereabouts(workspace, setting);
      const seen = isExternal(server.snapshot)
        ? await observeEvery(own, whereabouts)
        : server.snapshot.observation;
      await Promise.all([
        // At the same time: the log is read long before Chroma has ended.
        keepLog(server, seen, signal),
        stopEvery(own, { ...whereabouts, seen }, signal),
      ]);
      return seen;
    });
  } finally {
    await server.observe();
  }
}

/** A log that cannot be kept stops no stop. */
async function keepLog(server: Server, seen: Observation, signal?: AbortSignal): Promise<void> {
  if (seen.kind === 'none') return;
  try {
    // Loaded only now: it brings a library for schemas.
    const { keepLastRun } = await import('../chroma/server/last-run.ts');
    await keepLastRun(server, seen.server, signal);
  } catch (error) {
    server.environment.log(`The log was not kept. ${toProblem(error).what}`);
  }
}
