import { commands, type LogOutputChannel } from 'vscode';
import { explain, explainShortly, isCancellation, toProblem } from '../../system/errors.ts';
import type { Problem } from '../../system/errors.ts';
import { toButton, type Button } from '../model/actions.ts';
import type { Notice } from './notification-turns.ts';
import { showMessage } from './plain-window.ts';

const SHOW_DETAILS = 'Show Details';

/** Tells the user what happened, with buttons for what comes next; details go to the log. */
export class Notifier {
  readonly #log: LogOutputChannel;

  constructor(log: LogOutputChannel) {
    this.#log = log;
  }

  /** For anything that was thrown. A cancellation is not told, and a stack is never shown. */
  readonly report = (thrown: unknown): void => {
    void this.#report(thrown, {});
  };

  /** The same for what failed by itself, not by what the user did. */
  readonly reportUnasked = (thrown: unknown): void => {
    void this.#report(thrown, { isUnasked: true });
  };

  readonly inform = async (message: string, ...buttons: readonly Button[]): Promise<void> =>
    tell({ severity: 'information', message, buttons });

  readonly warn = async (message: string, ...buttons: readonly Button[]): Promise<void> =>
    tell({ severity: 'warning', message, buttons });

  /** Warns of what came by itself, if it is still true once nothing else is shown. */
  readonly remind = async (
    message: string,
    isStillTrue: () => boolean,
    ...buttons: readonly Button[]
  ): Promise<void> => tell({ severity: 'warning', message, buttons, isUnasked: true, isStillTrue });

  /** Offers what fits what came by itself, if that is still true once nothing else is shown. */
  readonly offer = async (
    message: string,
    isStillTrue: () => boolean,
    ...buttons: readonly Button[]
  ): Promise<void> =>
    tell({ severity: 'information', message, buttons, isUnasked: true, isStillTrue });

  /** Shows our own log, with the details of what was reported. */
  showLog(): void {
    this.#log.show(true);
  }

  async #report(thrown: unknown, how: Pick<Notice, 'isUnasked'>): Promise<void> {
    if (isCancellation(thrown)) return;
    const problem = toProblem(thrown);
    this.#log.error(`[${problem.code}] ${explain(problem)}`);
    if (problem.details !== undefined) this.#log.error(problem.details);
    const button = findButton(problem);
    const message = explainShortly(problem, button !== undefined);
    // Two sentences are shown; the log has the third, too.
    const isWhole = button !== undefined || message === explain(problem);
    const labels = [
      ...(button === undefined ? [] : [button.label]),
      ...(isWhole && problem.details === undefined ? [] : [SHOW_DETAILS]),
    ];
    const picked = await showMessage({ severity: 'error', message, labels, ...how });
    if (picked === SHOW_DETAILS) this.showLog();
    else if (picked !== undefined) await press(button);
  }
}

function findButton({ action, details }: Problem): Button | undefined {
  // Details are in our log, and Show Logs would open the server's.
  const isMisleading = action === 'showLogs' && details !== undefined;
  return action === undefined || isMisleading ? undefined : toButton(action);
}

async function tell({
  buttons,
  ...notice
}: Omit<Notice, 'labels'> & { readonly buttons: readonly Button[] }): Promise<void> {
  const picked = await showMessage({ ...notice, labels: buttons.map(({ label }) => label) });
  await press(buttons.find(({ label }) => label === picked));
}

async function press(button: Button | undefined): Promise<void> {
  if (button) await commands.executeCommand(button.command, ...button.arguments);
}
