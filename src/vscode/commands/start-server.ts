import { isPaused } from '../../chroma/server-facts.ts';
import { readArgument, type Button } from '../model/actions.ts';
import { chooseNextStep, needsRestart } from '../model/next-step.ts';
import { answeringAddress, untilSilent } from '../session/answering.ts';
import { writeSetting } from '../window/configuration.ts';
import { ask, showBriefly } from '../window/plain-window.ts';
import { askAboutChange } from '../window/runtime-change.ts';
import type { ActiveFolder } from '../session/session.ts';
import type { CommandContext, CommandHandler } from './command-context.ts';

/** How long (ms) it is said where a server answers; the views go on saying it. */
const TOLD = 10_000;

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

/**
 * Starts or restarts. After a start it says where clients find the server; after a restart
 * nothing of that has changed, and the views show that it is well.
 */
async function bringUp(
  { starts, notifier }: CommandContext,
  active: ActiveFolder,
  kind: 'start' | 'restart',
): Promise<void> {
  const { folder, server } = active;
  const warn = (text: string): void => void notifier.warn(text);
  await starts.run(server, kind, warn, (change) => askAboutChange(folder, change));
  if (kind === 'start') tellAnswering(active);
}

/**
 * Says where a server of our own answers, for as long as it does. False where none does: what a
 * button offers may have come true, or be over, since it was shown.
 */
function tellAnswering({ server }: ActiveFolder): boolean {
  const address = answeringAddress(server.snapshot);
  if (address === undefined) return false;
  showBriefly(`Chroma answers at ${address} over verified TLS`, TOLD, untilSilent(server, address));
  return true;
}

/**
 * Asks where a server would go on with the present certificate. False where none would.
 *
 * @param verb what the buttons are called by, such as `Restore`
 * @returns whether to restart; undefined for "leave everything as it is"
 */
export async function askToRestart(
  { server }: ActiveFolder,
  verb: string,
  question: string,
  detail: string,
): Promise<boolean | undefined> {
  if (!needsRestart(server.snapshot)) return false;
  const andRestart = `${verb} and Restart`;
  const answer = await ask(question, detail, andRestart, `${verb} Only`);
  return answer === undefined ? undefined : answer === andRestart;
}

/** Says what was done to the certificate, and restarts, or offers, what has it served. */
export async function tellAndServe(
  context: CommandContext,
  active: ActiveFolder,
  andRestart: boolean,
  message: string,
  ...buttons: readonly Button[]
): Promise<void> {
  const next = andRestart ? [] : chooseNextStep(active.server.snapshot);
  // Not awaited: the message may stay, but the certificate is there.
  void context.notifier.inform(message, ...buttons, ...next);
  if (andRestart) await bringUp(context, active, 'restart');
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
