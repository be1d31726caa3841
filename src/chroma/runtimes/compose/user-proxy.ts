import { nameProxy } from './compose-containers.ts';
import type { Engine } from '../../../containers/engine.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';
import { awaitReload } from '../reload.ts';

/**
 * Makes a TLS proxy of the user's own serve the certificate that now lies in the folder. It is never
 * restarted: nginx is reloaded, another may watch the files.
 *
 * @returns whether the certificate is served now
 */
export async function reloadProxy(
  engine: Engine,
  proxy: InspectedContainer,
  isServed: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  await signalNginx(engine, proxy, signal);
  return awaitReload(isServed, signal);
}

/**
 * Makes a TLS proxy that was there before find a Chroma that was started again, maybe on another
 * address. One that the engine keeps restarting, because Chroma was missing, would wait up to a minute.
 */
export async function rejoinProxy(
  engine: Engine,
  proxy: InspectedContainer,
  signal: AbortSignal,
): Promise<void> {
  if (proxy.State.Status === 'running') await signalNginx(engine, proxy, signal);
  if (proxy.State.Status === 'restarting') await engine.run(['restart', proxy.Id], signal);
}

/** By this signal nginx reloads, and loses no connection; another TLS proxy might end. */
async function signalNginx(
  engine: Engine,
  proxy: InspectedContainer,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (nameProxy(proxy) === 'nginx') await engine.run(['kill', '--signal', 'HUP', proxy.Id], signal);
}
