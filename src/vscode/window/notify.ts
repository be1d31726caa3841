import { commands, type LogOutputChannel } from 'vscode';
import {
  explain,
  isCancellation,
  toProblem,
  type Action,
  type ProblemText,
} from '../../system/errors.ts';
import { toButton, type Button } from '../model/actions.ts';
import { showMessage } from './plain-window.ts';

const SHOW_DETAILS = 'Show Details';

/** Tells a user what went wrong, with the button that cures it; details go to the log. */
export class Notifier {
  readonly #log: LogOutputChannel;

  constructor(log: LogOutputChannel) {
    this.#log = log;
  }

  /** For anything thrown: a cancellation is no failure, and nobody ever sees a stack. */
  readonly report = (thrown: unknown): void => {
    if (isCancellation(thrown)) return;
    const problem = toProblem(thrown);
    this.#log.error(`[${problem.code}] ${explain(problem)}`);
    if (problem.details !== undefined) this.#log.error(problem.details);
    void this.#show(problem);
  };

  /** Says something that went well or wants a decision, with the buttons that carry it on. */
  readonly inform = async (message: string, ...buttons: readonly Button[]): Promise<void> => {
    const picked = await showMessage('information', message, ...buttons.map(({ label }) => label));
    await press(buttons.find(({ label }) => label === picked));
  };

  readonly warn = async (message: string, ...buttons: readonly Button[]): Promise<void> => {
    const picked = await showMessage('warning', message, ...buttons.map(({ label }) => label));
    await press(buttons.find(({ label }) => label === picked));
  };

  /** Shows our own log, with the details of what was reported. */
  showLog(): void {
    this.#log.show(true);
  }

  async #show(problem: ProblemText): Promise<void> {
    const { action, details } = problem;
    // A program's own words are in our log; a plain "show logs" means the server's.
    const button = isNamed(action, details) ? toButton(action) : undefined;
    const labels = [
      ...(button === undefined ? [] : [button.label]),
      ...(details === undefined ? [] : [SHOW_DETAILS]),
    ];
    const picked = await showMessage('error', explain(problem), ...labels);
    if (picked === SHOW_DETAILS) this.showLog();
    else if (picked !== undefined) await press(button);
  }
}

function isNamed(action: Action | undefined, details: string | undefined): action is Action {
  return action !== undefined && !(action === 'showLogs' && details !== undefined);
}

async function press(button: Button | undefined): Promise<void> {
  if (button) await commands.executeCommand(button.command, ...button.arguments);
}
