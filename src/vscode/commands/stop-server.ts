import type { Observation } from '../../chroma/server-facts.ts';
import { isExternal } from '../../chroma/status/snapshot.ts';
import { stopChroma } from '../../workspace/stop.ts';
import { VIEW_ID } from '../model/command-ids.ts';
import { withProgress } from '../window/plain-window.ts';
import type { CommandHandler } from './command-context.ts';

/** Stops the server, or calls off the start that is under way. */
export const stopServer: CommandHandler = async ({ session, starts, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const { server } = active;
  const { operation } = server.snapshot;
  // One that only asks something leaves the server that runs as it is.
  if (starts.cancel(server) && operation) return;
  await server.observe();
  // That none was seen says little where an engine could not be asked; then this fails.
  const seen = await withProgress({ location: { viewId: VIEW_ID } }, () => stopChroma(server));
  const message = describeStopped(seen, isExternal(server.snapshot));
  if (message !== undefined) void notifier.inform(message);
};

/** What the views do not show by themselves. */
function describeStopped({ kind }: Observation, isExternal: boolean): string | undefined {
  if (!isExternal) return kind === 'none' ? 'No Chroma server runs for this folder.' : undefined;
  return kind === 'none'
    ? 'Someone else runs this server; only they can stop it.'
    : 'The Chroma server of this folder’s own is stopped. The one that someone else runs goes on.';
}
