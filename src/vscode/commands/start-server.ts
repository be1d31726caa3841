import { isPaused } from '../../chroma/server-facts.ts';
import { readArgument } from '../model/actions.ts';
import { writeSetting } from '../window/configuration.ts';
import { bringUp, isBusy, tellAnswering } from './bring-up.ts';
import type { CommandHandler } from './command-context.ts';

/** Starts the server, on another port where a button said so. */
export const startServer: CommandHandler = async (context, argument) => {
  const active = await context.session.require();
  if (!active) return;
  if (isBusy(context, active)) return;
  const { port } = readArgument(argument);
  if (port === undefined && tellAnswering(active)) return;
  if (port !== undefined) await writeSetting(active.folder, 'port', port);
  await bringUp(context, active, 'start');
};

/** Lets a paused server go on: a start does so, and looks whether it answers. */
export const unpauseServer: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  if (!isPaused(active.server.snapshot.observation)) {
    void context.notifier.inform('The server is not paused.');
    return;
  }
  await bringUp(context, active, 'start');
};

export const restartServer: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  await bringUp(context, active, 'restart');
};
