import { isPaused, type Observation } from '../../chroma/server-facts.ts';
import type { Settings } from '../../project/settings.ts';
import type { Snapshot } from '../../chroma/status/snapshot.ts';
import { ownServer } from './facts.ts';

export const EVERY_CLIENT = 'Every client';

/** Who may ask the server that runs, in a few words. Pure. */
export function describeAccess(snapshot: Snapshot): string | undefined {
  const server = ownServer(snapshot);
  if (server?.runtime !== 'docker' && server?.runtime !== 'local') return undefined;
  const { asksForToken, corsOrigins = [], tls } = server;
  const pages = corsOrigins.length > 0 ? `, and pages of ${corsOrigins.join(', ')}` : '';
  // Chroma itself listens behind that proxy, in clear and on this machine only.
  const here = tls === 'embedded' ? ', and programs of this machine' : '';
  return (asksForToken ? `Clients with the token${here}` : EVERY_CLIENT) + pages;
}

/**
 * What a restart would change of who may ask the server that runs, as a sentence; undefined where the
 * settings ask for what it does. Pure.
 */
export function findAccessChange(snapshot: Snapshot): string | undefined {
  const server = ownServer(snapshot);
  const settings = snapshot.settings?.settings;
  if (!settings || (server?.runtime !== 'docker' && server?.runtime !== 'local')) return undefined;
  const asks = server.asksForToken === true;
  if (asks !== (settings.token === 'generated')) {
    return asks ? 'The server still asks for a token.' : 'The server does not ask for a token yet.';
  }
  const isSame = JSON.stringify(server.corsOrigins ?? []) === JSON.stringify(settings.corsOrigins);
  return isSame ? undefined : 'The server does not have the origins of corsOrigins yet.';
}

/**
 * Whether a start or a restart by settings that say nothing of a token could open a server that was
 * started with one. Pure.
 *
 * @param isSaidInTerminal a terminal had the last start ask for a token
 */
export function couldOpen(
  kind: 'start' | 'restart',
  { observation, probe }: Pick<Snapshot, 'observation' | 'probe'>,
  runtime: Settings['runtime'],
  isSaidInTerminal: boolean,
): boolean {
  // Compose has a token of its own, and the one who runs an external server decides for it.
  if (runtime === 'compose' || runtime === 'external') return false;
  // A start leaves one that answers as it is, and lets a paused one go on.
  const isVerified = observation.kind === 'running' && probe?.ok === true;
  if (kind === 'start' && (isVerified || isPaused(observation))) return false;
  // An earlier version started it, and noted nothing.
  return isSaidInTerminal || asksForOurToken(observation);
}

function asksForOurToken(observation: Observation): boolean {
  if (observation.kind === 'none') return false;
  const { runtime, asksForToken } = observation.server;
  return asksForToken === true && (runtime === 'docker' || runtime === 'local');
}
