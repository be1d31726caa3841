import {
  explainInvalidPassphrase,
  type AskPassphrase,
  type PassphraseQuestion,
} from '../../certificates/encoding/passphrase.ts';
import { cancellation } from '../../system/errors.ts';
import { showInputBox } from './plain-window.ts';

/** Asks for the passphrase of something that has one. @throws AbortError when cancelled */
export const askPassphrase: AskPassphrase = async ({ file, again }: PassphraseQuestion) => {
  const entered = await showInputBox({
    title: `Passphrase of ${file}`,
    prompt: again ? 'That one does not open it. Try again.' : 'The file opens only with it.',
    password: true,
    ignoreFocusOut: true,
  });
  if (entered === undefined) throw cancellation();
  return entered;
};

/**
 * Asks for a passphrase that is to be set, twice: a slip would lock its owner out.
 *
 * @param explain why a text cannot be it; undefined when it can
 * @throws AbortError when cancelled
 */
export async function askNewPassphrase(
  title: string,
  explain: (text: string) => string | undefined = explainInvalidPassphrase,
): Promise<string> {
  const first = await showInputBox({
    title,
    prompt: 'The new passphrase. Nobody can restore it.',
    password: true,
    ignoreFocusOut: true,
    validateInput: explain,
  });
  if (first === undefined) throw cancellation();
  const second = await showInputBox({
    title,
    prompt: 'The same again.',
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text === first ? undefined : 'It is not the same.'),
  });
  if (second === undefined) throw cancellation();
  return first;
}
