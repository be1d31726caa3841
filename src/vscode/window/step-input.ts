import { QuickInputButtons, window, type QuickInput, type QuickInputButton } from 'vscode';
import { cancellation } from '../../system/errors.ts';
import { asShownText } from '../model/shown-text.ts';
import { toShown, type PlainItem } from './plain-window.ts';
import { WentBack, type StepFrame } from './steps.ts';

// Beside `plain-window.ts` the one place that makes inputs of VS Code's: those of a question that has
// others before it. Text is shown as it is here, too.

/** Why an answer is refused; undefined where it is taken. */
type Refusal = string | undefined;

export interface TextQuestion {
  readonly prompt: string;
  readonly placeholder?: string;
  /** What stands there at first. */
  readonly value?: string | undefined;
  readonly password?: boolean;
  /** Asked with every key. */
  readonly check?: (text: string) => Refusal;
  /** Asked with Enter; meanwhile the input shows that it is busy. */
  readonly accept?: (text: string) => Promise<Refusal>;
}

/**
 * Asks for a text.
 *
 * @returns it without the spaces around it
 * @throws WentBack; AbortError when cancelled
 */
export async function typeInStep(frame: StepFrame, question: TextQuestion): Promise<string> {
  const { prompt, placeholder, value = '', password = false, check, accept } = question;
  const input = window.createInputBox();
  input.prompt = asShownText(prompt);
  input.placeholder = placeholder;
  input.value = value;
  input.password = password;
  const refuse = (reason: Refusal): void => {
    input.validationMessage = reason === undefined ? undefined : asShownText(reason);
  };
  // The text that is there at first is not the user's mistake.
  input.onDidChangeValue((text) => {
    refuse(check?.(text.trim()));
  });
  return show(input, frame, (answer) => {
    input.onDidAccept(async () => {
      const text = input.value.trim();
      const reason = check?.(text) ?? (await whileBusy(input, () => accept?.(text)));
      if (reason === undefined) answer(text);
      else refuse(reason);
    });
  });
}

/**
 * Lets the user pick an item.
 *
 * @param active the item that is marked at first
 * @throws WentBack; AbortError when cancelled
 */
export async function pickInStep<Item extends PlainItem>(
  frame: StepFrame,
  placeholder: string,
  items: readonly Item[],
  active?: Item,
): Promise<Item> {
  const input = window.createQuickPick<ReturnType<typeof toShown> & { readonly item: Item }>();
  input.placeholder = asShownText(placeholder);
  input.matchOnDetail = true;
  input.items = items.map((item) => ({ ...toShown(item), item }));
  input.activeItems = input.items.filter(({ item }) => item === active);
  return show(input, frame, (answer) => {
    input.onDidAccept(() => {
      const [picked] = input.selectedItems;
      if (picked) answer(picked.item);
    });
  });
}

async function whileBusy(input: QuickInput, work: () => Promise<Refusal> | undefined) {
  input.busy = true;
  input.enabled = false;
  try {
    return await work();
  } finally {
    input.busy = false;
    input.enabled = true;
  }
}

type Asking = QuickInput & {
  buttons: readonly QuickInputButton[];
  onDidTriggerButton(listener: () => void): unknown;
};

async function show<Answer>(
  input: Asking,
  { title, step, totalSteps }: StepFrame,
  listen: (answer: (answer: Answer) => void) => void,
): Promise<Answer> {
  Object.assign(input, { title, step, totalSteps, ignoreFocusOut: true });
  input.buttons = step > 1 ? [QuickInputButtons.Back] : [];
  try {
    return await new Promise<Answer>((resolve, reject) => {
      input.onDidTriggerButton(() => {
        reject(new WentBack());
      });
      input.onDidHide(() => {
        reject(cancellation());
      });
      listen(resolve);
      input.show();
    });
  } finally {
    input.dispose();
  }
}
