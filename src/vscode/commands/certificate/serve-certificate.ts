import type { Button } from '../../model/actions.ts';
import { chooseNextStep, needsRestart } from '../../model/next-step.ts';
import type { ActiveFolder } from '../../session/session.ts';
import { ask } from '../../window/plain-window.ts';
import { bringUp } from '../bring-up.ts';
import type { CommandContext } from '../command-context.ts';

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
