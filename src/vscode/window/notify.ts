import { commands, type LogOutputChannel } from 'vscode';
import { explain, isCancellation, toProblem, type Problem } from '../../system/errors.ts';
import { toButton, type Button } from '../model/actions.ts';
import { showMessage, type Severity } from './plain-window.ts';

const SHOW_DETAILS = 'Show Details';

/** Tells the user what happened, with buttons for what comes next; details go to the log. */
export class Notifier {
  readonly #log: LogOutputChannel;

  constructor(log: LogOutputChannel) {
    this.#log = log;
  }

  /** For anything that was thrown. A cancellation is not told, and a stack is never shown. */
  readonly report = (thrown: unknown): void => {
    if (isCancellation(thrown)) return;
    const problem = toProblem(thrown);
    this.#log.error(`[${problem.code}] ${explain(problem)}`);
    if (problem.details !== undefined) this.#log.error(problem.details);
    void this.#show(problem);
  };

  readonly inform = async (message: string, ...buttons: readonly Button[]): Promise<void> =>
    tell('information', message, buttons);

  readonly warn = async (message: string, ...buttons: readonly Button[]): Promise<void> =>
    tell('warning', message, buttons);

  /** Shows our own log, with the details of what was reported. */
  showLog(): void {
    this.#log.show(true);
  }

  async #show(problem: Problem): Promise<void> {
    const { action, details } = problem;
    // Details are in our log, and Show Logs would open the server's.
    const isMisleading = action === 'showLogs' && details !== undefined;
    const button = action === undefined || isMisleading ? undefined : toButton(action);
    const labels = [
      ...(button === undefined ? [] : [button.label]),
      ...(details === undefined ? [] : [SHOW_DETAILS]),
    ];
    const picked = await showMessage('error', explain(problem), ...labels);
    if (picked === SHOW_DETAILS) this.showLog();
    else if (picked !== undefined) await press(button);
  }
}

async function tell(
  severity: Severity,
  message: string,
  buttons: readonly Button[],
): Promise<void> {
  const picked = await showMessage(severity, message, ...buttons.map(({ label }) => label));
  await press(buttons.find(({ label }) => label === picked));
}

async function press(button: Button | undefined): Promise<void> {
  if (button) await commands.executeCommand(button.command, ...button.arguments);
}
