import { findByRole, readObservation } from './observation.ts';
import type { ChosenEngine } from '../../../containers/engine-choice.ts';
import { CHOOSE_AGAIN } from '../../../proxy/names-choice.ts';
import { awaitReload } from '../reload.ts';

/**
 * Makes the TLS proxy of a workspace's containers serve the certificate that now lies in the folder.
 * False where only a restart of the server can.
 */
export async function reloadContainers(
  { engine, own }: ChosenEngine,
  isServed: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  const observation = readObservation(own, true);
  if (observation.kind !== 'running') return false;
  const proxy = findByRole(own, 'proxy');
  const tell = async (command: readonly string[]): Promise<boolean> => {
    if (!proxy) return false;
    const told = await engine.run([...command, proxy.Id], signal);
    return told.exitCode === 0 && awaitReload(isServed, signal);
  };
  // The one for host names alone may have come or gone.
  if (proxy) await engine.run(['exec', proxy.Id, ...CHOOSE_AGAIN], signal);
  switch (observation.server.tls) {
    case 'nginx':
      // Its own way to take a new certificate: new workers serve it, the old ones finish.
      return tell(['kill', '--signal', 'HUP']);
    case 'envoy':
      // It watches the folder itself. Some virtual machines do not tell their shared folders' changes
      // to a container: there the TLS proxy is restarted, and only that.
      return (await awaitReload(isServed, signal)) || tell(['restart', '-t', '1']);
    case 'embedded':
      return awaitReload(isServed, signal);
    case 'uvicorn':
    case 'other':
      return false;
  }
}
