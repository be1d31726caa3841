import { window, type CancellationToken, type Progress, type ProgressOptions } from 'vscode';
import type { InputBoxOptions, QuickPickItem, QuickPickOptions } from 'vscode';
import { asShownText } from '../model/shown-text.ts';

// The functions of VS Code's window that show text. Ours often contains words of a file or a
// program, which must not become a link or an icon. A lint rule forbids the window's own functions
// everywhere else.

const MESSAGES = {
  information: window.showInformationMessage,
  warning: window.showWarningMessage,
  error: window.showErrorMessage,
} as const;

export type Severity = keyof typeof MESSAGES;

/** An item of a quick pick, with its icon apart from its text. */
export interface PlainItem extends QuickPickItem {
  /** The name of a codicon. */
  readonly icon?: string;
}

/** Shows a notification. @returns the label of the button that was pressed */
export function showMessage(
  severity: Severity,
  message: string,
  ...labels: readonly string[]
): Thenable<string | undefined> {
  return MESSAGES[severity](asShownText(message), ...labels);
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

/** Runs a task and shows its progress. */
export function withProgress<Result>(
  options: ProgressOptions,
  task: (
    progress: Progress<{ message: string; increment?: number }>,
    token: CancellationToken,
  ) => Thenable<Result>,
): Thenable<Result> {
  const { title } = options;
  return window.withProgress(
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
  const elapsed = new Promise<void>((resolve) => setTimeout(resolve, time));
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
