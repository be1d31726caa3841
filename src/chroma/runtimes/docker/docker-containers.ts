import type { ChosenEngine } from '../../../containers/engine-choice.ts';
import type { Engine } from '../../../containers/engine.ts';
import {
  inspectContainers,
  listContainers,
  removeForced,
} from '../../../containers/container-queries.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';
import { nameContainer } from './container-arguments.ts';
import { LABELS } from '../container-labels.ts';
import { findByRole } from './observation.ts';

/**
 * The containers of a workspace, found by label: a user may change a name. Those that still have the
 * names that we gave them are asked about at the same time, so that mostly nothing is left to ask.
 *
 * @throws ExplainedError where the engine does not answer
 */
export async function findContainers(
  engine: Engine,
  workspaceId: string,
  signal?: AbortSignal,
): Promise<readonly InspectedContainer[]> {
  const names = (['server', 'proxy'] as const).map((role) => nameContainer(workspaceId, role));
  const [ids, named] = await Promise.all([
    listContainers(engine, `${LABELS.workspace}=${workspaceId}`, signal),
    inspectContainers(engine, names, signal).catch(() => []),
  ]);
  const known = named.filter(({ Id }) => ids.includes(Id));
  const others = ids.filter((id) => !known.some(({ Id }) => Id === id));
  return [...known, ...(await inspectContainers(engine, others, signal))];
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
 * Ends and removes these containers.
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
 * Lets those containers go on that somebody paused.
 *
 * @throws ExplainedError where the engine cannot
 */
export async function unpauseContainers(
  { engine, own }: ChosenEngine,
  signal?: AbortSignal,
): Promise<void> {
  const paused = own.filter(({ State }) => State.Status === 'paused').map(({ Id }) => Id);
  if (paused.length > 0) await engine.must(['unpause', ...paused], signal);
}

/**
 * Ends the server's container and keeps it; its TLS proxy is removed.
 *
 * @throws ExplainedError where the engine cannot
 */
export async function haltContainers(
  engine: Engine,
  containers: readonly InspectedContainer[],
  signal?: AbortSignal,
): Promise<void> {
  const server = findByRole(containers, 'server');
  const others = containers.filter((container) => container !== server);
  // Side by side: the TLS proxy has nothing to finish, so it is gone before Chroma is.
  await Promise.all([removeForced(engine, others, signal), stopServer(engine, server, signal)]);
}

async function stopServer(
  engine: Engine,
  server: InspectedContainer | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!server) return;
  if (server.State.Status === 'paused') await engine.run(['unpause', server.Id], signal);
  // Ten seconds for Chroma to finish its writes.
  await engine.run(['stop', '-t', '10', server.Id], signal);
}
