import { relative } from 'node:path';
import { certificateFiles } from '../../certificates/files.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { ours, readArgument } from '../actions.ts';
import { readConfiguration, writeSetting } from '../configuration.ts';
import { endpointOf } from '../facts.ts';
import { askAboutChange } from '../runtime-change.ts';
import type { ActiveFolder } from '../session.ts';
import type { CommandContext, CommandHandler } from './command-context.ts';

/** Starts the server, on another port where a button said so. */
export const startServer: CommandHandler = async (context, argument) => {
  const active = await context.session.require();
  if (!active) return;
  if (isBusy(context, active)) return;
  const { port } = readArgument(argument);
  if (port !== undefined) await writeSetting(active.folder, 'port', port);
  await bringUp(context, active, 'start');
};

export const restartServer: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  await bringUp(context, active, 'restart');
};

/**
 * Starts or restarts. After a start it says where clients find the server; after a restart
 * nothing of that has changed, and the surfaces show that it is well.
 */
export async function bringUp(
  { starts, notifier }: CommandContext,
  { folder, server }: ActiveFolder,
  kind: 'start' | 'restart',
): Promise<void> {
  const warn = (text: string): void => void notifier.warn(text);
  await starts.run(server, kind, warn, (change) => askAboutChange(folder, change));
  const address = endpointOf(server.snapshot);
  if (kind === 'restart' || address === undefined || !server.snapshot.probe?.ok) return;
  const root = folder.uri.fsPath;
  const certificates = await resolveInWorkspace(root, readConfiguration(folder).certificatesFolder);
  const ca = relative(root, certificateFiles(certificates).ca);
  // Not awaited: the message may stay, but the start is done.
  void notifier.inform(
    `Chroma answers at ${address} over verified TLS. Clients verify it with ${ca}.`,
    ours('chromaTls.copyEndpoint'),
  );
}

/** Tells the person when something is under way already, rather than doing it twice. */
export function isBusy({ notifier, starts }: CommandContext, { server }: ActiveFolder): boolean {
  const { operation } = server.snapshot;
  if (!operation && !starts.isUnderWay(server)) return false;
  void notifier.inform(
    operation?.kind === 'stopping' ? 'Chroma is still stopping.' : 'Chroma is starting already.',
  );
  return true;
}
