import { setTimeout } from 'node:timers/promises';
import { commands, ProgressLocation, window, type CancellationToken } from 'vscode';
import type { Progress, ProgressOptions } from 'vscode';
import type { InputBoxOptions, QuickPickItem, QuickPickOptions } from 'vscode';
import { asShownText } from '../model/shown-text.ts';
import { NotificationTurns, type Notice } from './notification-turns.ts';

// The functions of VS Code's window that show text. Ours often contains words of a file or a
// program, which must not become a link or an icon. A lint rule forbids the window's own functions
// everywhere else.

const MESSAGES = {
  information: window.showInformationMessage,
  warning: window.showWarningMessage,
  error: window.showErrorMessage,
} as const;

/** Milliseconds after which VS Code takes a notification off the screen by itself, and a little more. */
const FADED = 16_000;

/** Milliseconds that VS Code shows progress at least, and a little more. */
const SHORTEST_PROGRESS = 1_000;

/** Of the whole window: a user sees one notification of ours at a time. */
const turns = new NotificationTurns({
  show: ({ severity, message, labels }) => MESSAGES[severity](asShownText(message), ...labels),
  untilFaded,
  untilSeen: () => setTimeout(SHORTEST_PROGRESS),
  putAway: () => commands.executeCommand('notifications.hideToasts'),
});

/** To be called when the user does something: what comes of it replaces what was said before. */
export function beginAct(): void {
  turns.beginAct();
}

/** An item of a quick pick, with its icon apart from its text. */
export interface PlainItem extends QuickPickItem {
  /** The name of a codicon. */
  readonly icon?: string;
}

/**
 * Shows a notification when its turn comes.
 *
 * @returns the label of the button that was pressed
 */
export async function showMessage(notice: Notice): Promise<string | undefined> {
  return turns.tell(notice);
}

/** Errors with buttons stay until they are answered, and no time passes while nobody looks. */
async function untilFaded({ severity, labels }: Notice): Promise<void> {
  if (severity === 'error' && labels.length > 0) return new Promise(() => undefined);
  do {
    await untilFocused();
    await setTimeout(FADED);
  } while (!window.state.focused);
}

async function untilFocused(): Promise<void> {
  if (window.state.focused) return;
  await new Promise<void>((resolve) => {
    const change = window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      change.dispose();
      resolve();
    });
  });
}

/** Asks in a modal dialog. @returns the label of the button that was pressed */
export function ask(
  question: string,
  detail: string,
  ...labels: readonly string[]
): Thenable<string | undefined> {
  const options = { modal: true, detail: asShownText(detail) };
  return window.showWarningMessage(asShownText(question), options, ...labels);
}

/** Runs a task and shows its progress. In a notification, it is the only one of ours. */
export function withProgress<Result>(
  options: ProgressOptions,
  task: (
    progress: Progress<{ message: string; increment?: number }>,
    token: CancellationToken,
  ) => Thenable<Result>,
): Thenable<Result> {
  const { title, location } = options;
  const run = (): Thenable<Result> =>
    window.withProgress(
      { ...options, ...(title === undefined ? {} : { title: asShownText(title) }) },
      (progress, token) =>
        task(
          {
            report: ({ message, ...amount }) => {
              progress.report({ message: asShownText(message), ...amount });
            },
          },
          token,
        ),
    );
  return location === ProgressLocation.Notification ? turns.during(run) : run();
}

/** Why a text is refused; undefined when it is accepted. */
type CheckText = (text: string) => string | undefined;

/** Asks for a text. @returns it exactly as it was typed */
export function showInputBox(
  options: Omit<InputBoxOptions, 'validateInput'> & {
    readonly validateInput?: CheckText;
  },
): Thenable<string | undefined> {
  const { prompt, validateInput: check } = options;
  return window.showInputBox({
    ...options,
    ...(prompt === undefined ? {} : { prompt: asShownText(prompt) }),
    ...(check && {
      validateInput: (text) => {
        const reason = check(text);
        return reason === undefined ? undefined : asShownText(reason);
      },
    }),
  });
}

/** Lets the user pick an item. @returns the item as it was given */
export async function showQuickPick<Item extends PlainItem>(
  items: readonly Item[] | Promise<readonly Item[]>,
  options: QuickPickOptions,
): Promise<Item | undefined> {
  const shown = Promise.resolve(items).then((given) =>
    given.map((item) => ({ ...toShown(item), item })),
  );
  return (await window.showQuickPick(shown, options))?.item;
}

/**
 * Shows in the status bar that something was done. A notification could not be taken back.
 *
 * @param time milliseconds
 * @param isOver when the text is no longer true
 */
export function showBriefly(text: string, time: number, isOver?: Promise<void>): void {
  const elapsed = setTimeout(time);
  const end = isOver ? Promise.race([isOver, elapsed]) : elapsed;
  window.setStatusBarMessage(`$(check) ${asShownText(text)}`, end);
}

/** An item as VS Code shows it: its texts as they are, its icon before its label. */
export function toShown({ icon, label, description, detail, kind }: PlainItem): QuickPickItem {
  return {
    label: `${icon === undefined ? '' : `$(${icon}) `}${asShownText(label)}`,
    ...(description === undefined ? {} : { description: asShownText(description) }),
    ...(detail === undefined ? {} : { detail: asShownText(detail) }),
    ...(kind === undefined ? {} : { kind }),
  };
}
