import { ExplainedError } from '../../../system/errors.ts';
import { CHECK_TIMEOUT, type Engine } from '../../../containers/engine.ts';
import { inspectArgs, listArgs } from './queries.ts';
import { findByRole } from './state.ts';
import {
  type InspectedContainer,
  parseInspected,
} from '../../../containers/inspected-container.ts';

/**
 * The containers of a workspace, found by label and told by id: a name may change.
 *
 * @throws ExplainedError where the engine does not answer
 */
export async function findContainers(
  engine: Engine,
  workspaceId: string,
  signal?: AbortSignal,
): Promise<readonly InspectedContainer[]> {
  const listed = await engine.must(listArgs(workspaceId), signal, {}, CHECK_TIMEOUT);
  return inspectContainers(engine, listed.stdout.split('\n').filter(Boolean), signal);
}

/**
 * The containers with these ids, as far as they are still there.
 *
 * @throws ExplainedError where the engine does not answer
 */
export async function inspectContainers(
  engine: Engine,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly InspectedContainer[]> {
  if (ids.length === 0) return [];
  const inspected = await engine.run(inspectArgs(ids), signal);
  // One that is gone by now is no failure; the others are shown all the same.
  if (inspected.exitCode !== 0 && !/no such (?:object|container)/i.test(inspected.stderr)) {
    throw new ExplainedError(engine.explain(inspected));
  }
  return parseInspected(engine.program, inspected.stdout);
}

/**
 * Ends and removes a workspace's containers; the volume with the data stays.
 *
 * @throws ExplainedError where the engine cannot
 */
export async function removeContainers(
  engine: Engine,
  workspaceId: string,
  signal?: AbortSignal,
): Promise<void> {
  await endContainers(engine, await findContainers(engine, workspaceId, signal), signal);
}

/**
 * Ends and removes these containers, what stands in front of the server first.
 *
 * @throws ExplainedError where the engine cannot
 */
export async function endContainers(
  engine: Engine,
  containers: readonly InspectedContainer[],
  signal?: AbortSignal,
): Promise<void> {
  await haltContainers(engine, containers, signal);
  const server = findByRole(containers, 'server');
  if (server) await removeForced(engine, [server], signal);
}

/**
 * Ends the server's container and leaves it where it is; what stands in front of it is removed.
 *
 * @throws ExplainedError where the engine cannot
 */
export async function haltContainers(
  engine: Engine,
  containers: readonly InspectedContainer[],
  signal?: AbortSignal,
): Promise<void> {
  const server = findByRole(containers, 'server');
  // First: it uses the server's network, and has nothing to finish.
  await removeForced(
    engine,
    containers.filter((container) => container !== server),
    signal,
  );
  if (!server) return;
  if (server.State.Status === 'paused') await engine.run(['unpause', server.Id], signal);
  // Ten seconds for Chroma to finish its writes.
  await engine.run(['stop', '-t', '10', server.Id], signal);
}

/** Removes containers that have nothing to finish, running or not. */
export async function removeForced(
  engine: Engine,
  containers: readonly InspectedContainer[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (containers.length === 0) return;
  const removed = await engine.run(['rm', '--force', ...containers.map(({ Id }) => Id)], signal);
  // Another window may be faster.
  if (removed.exitCode !== 0 && !/no such container|already in progress/i.test(removed.stderr)) {
    throw new ExplainedError(engine.explain(removed));
  }
}
