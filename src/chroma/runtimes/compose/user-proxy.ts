import { nameProxy } from './containers.ts';
import type { Engine } from '../../../containers/engine.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';
import { awaitRenewal } from '../renewal.ts';

/**
 * Makes a TLS proxy of the user's own serve the certificate that now lies in the folder. It is never
 * restarted: nginx is told, another may watch the files.
 *
 * @returns whether the certificate is served now
 */
export async function renewProxy(
  engine: Engine,
  proxy: InspectedContainer,
  isServed: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  await reloadProxy(engine, proxy, signal);
  return awaitRenewal(isServed, signal);
}

/**
 * Makes a TLS proxy that was there before find a Chroma that was started again, maybe on another
 * address. One that the engine restarts for want of Chroma would wait up to a minute.
 */
export async function rejoinProxy(
  engine: Engine,
  proxy: InspectedContainer,
  signal: AbortSignal,
): Promise<void> {
  if (proxy.State.Status === 'running') await reloadProxy(engine, proxy, signal);
  if (proxy.State.Status === 'restarting') await engine.run(['restart', proxy.Id], signal);
}

/** nginx loses no connection by this signal; another TLS proxy might end. */
async function reloadProxy(
  engine: Engine,
  proxy: InspectedContainer,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (nameProxy(proxy) === 'nginx') await engine.run(['kill', '--signal', 'HUP', proxy.Id], signal);
}
