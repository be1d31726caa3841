import { renewsInLocation } from '../../chroma/termination.ts';
import { isExternal, type Snapshot } from '../../chroma/status/status.ts';
import { ours, type Button } from './actions.ts';
import { ownServer } from './facts.ts';

/** Whether a server of our own runs that takes a new certificate only when it is restarted. Pure. */
export function needsRestart(snapshot: Snapshot): boolean {
  const server = ownServer(snapshot);
  // A user's own TLS proxy is reloaded by them: no restart of ours reaches it.
  return server !== undefined && server.proxyService === undefined && !renewsInLocation(server.tls);
}

/** What to offer once there is a new certificate: what has it served. Pure. */
export function chooseNextStep(snapshot: Snapshot): readonly Button[] {
  if (isExternal(snapshot)) return [];
  if (!ownServer(snapshot)) return [ours('chromaTls.startServer')];
  return needsRestart(snapshot) ? [ours('chromaTls.restartServer')] : [];
}
