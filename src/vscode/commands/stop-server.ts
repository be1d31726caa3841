import { window } from 'vscode';
import { isExternal } from '../../chroma/status.ts';
import { VIEW_ID } from '../command-ids.ts';
import type { CommandHandler } from './command-context.ts';

/** Stops the server, or calls off the start that is under way. */
export const stopServer: CommandHandler = async ({ session, starts, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const { server } = active;
  if (starts.cancel(server)) return;
  await server.observe();
  if (isExternal(server.snapshot)) {
    void notifier.inform('Someone else runs this server; only they can stop it.');
    return;
  }
  const wasSeen = server.snapshot.observation.kind !== 'none';
  // That none was seen says little where an engine could not be asked; then this fails.
  await window.withProgress({ location: { viewId: VIEW_ID } }, () => server.stop());
  if (!wasSeen) void notifier.inform('No Chroma server runs for this folder.');
};
