import { answeringAddress, untilSilent } from '../session/answering.ts';
import { showBriefly } from '../window/plain-window.ts';
import type { ActiveFolder } from '../session/session.ts';
import type { CommandContext } from './command-context.ts';

/** How long (ms) a passing word is shown; the views go on saying it. */
const TOLD = 10_000;

/**
 * Starts or restarts. After a start it says where clients find the server; after a restart
 * nothing of that has changed, and the views show that it is well.
 */
export async function bringUp(
  { starts, notifier }: CommandContext,
  active: ActiveFolder,
  kind: 'start' | 'restart',
): Promise<void> {
  await starts.run(active, kind, (text) => void notifier.warn(text));
  if (kind === 'start') tellAnswering(active);
}

/**
 * Says where a server of our own answers, for as long as it does. False where none does: what a
 * button offers may have come true, or be over, since it was shown.
 */
export function tellAnswering({ server }: ActiveFolder): boolean {
  const address = answeringAddress(server.snapshot);
  if (address === undefined) return false;
  showBriefly(`Chroma answers at ${address} over verified TLS`, TOLD, untilSilent(server, address));
  return true;
}

/** Tells the user when something is under way already, rather than doing it twice. */
export function isBusy({ starts }: CommandContext, { server }: ActiveFolder): boolean {
  const { operation } = server.snapshot;
  if (!operation && !starts.isUnderWay(server)) return false;
  const doing = operation?.kind === 'stopping' ? 'still stopping' : 'starting already';
  // Its progress is on the screen, and stays there.
  showBriefly(`Chroma is ${doing}`, TOLD);
  return true;
}
