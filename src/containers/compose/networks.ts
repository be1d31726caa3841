import type { Engine } from '../engine.ts';
import { COMPOSE_LABELS } from './labels.ts';

/**
 * Removes the networks that Compose made for a project, once no container of it is left: an engine
 * has addresses for some thirty networks. The engine keeps one that is still in use.
 *
 * @throws ExplainedError where the engine does not answer
 */
export async function removeUnusedNetworks(
  engine: Engine,
  project: string,
  signal?: AbortSignal,
): Promise<void> {
  const ofProject = ['--quiet', '--filter', `label=${COMPOSE_LABELS.project}=${project}`];
  const list = async (args: readonly string[]): Promise<readonly string[]> =>
    (await engine.must([...args, ...ofProject], signal)).stdout.split('\n').filter(Boolean);
  if ((await list(['ps', '--all'])).length > 0) return;
  const networks = await list(['network', 'ls']);
  if (networks.length > 0) await engine.run(['network', 'rm', ...networks], signal);
}
