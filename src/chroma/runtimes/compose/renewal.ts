import { nameProxy } from './containers.ts';
import type { Engine } from '../../../containers/engine.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';
import { awaitRenewal } from '../renewal.ts';

/**
 * Has a front of the person's own serve the certificate that now lies in the folder, with no more
 * than what harms nothing: nginx is told, another may watch the files. It is never restarted.
 *
 * @returns whether it is served by now
 */
export async function renewFront(
  engine: Engine,
  front: InspectedContainer,
  isServed: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  await reloadFront(engine, front, signal);
  return awaitRenewal(isServed, signal);
}

/**
 * Has a front that was there before find a Chroma that was started anew, maybe on another address.
 * One that is restarted again and again for want of Chroma would wait up to a minute to try.
 */
export async function rejoinFront(
  engine: Engine,
  front: InspectedContainer,
  signal: AbortSignal,
): Promise<void> {
  if (front.State.Status === 'running') await reloadFront(engine, front, signal);
  if (front.State.Status === 'restarting') await engine.run(['restart', front.Id], signal);
}

/** By nginx's own signal, which no connection is lost to. Any other front might end of it. */
async function reloadFront(
  engine: Engine,
  front: InspectedContainer,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (nameProxy(front) === 'nginx') await engine.run(['kill', '--signal', 'HUP', front.Id], signal);
}
