import {
  explainInvalidPassphrase,
  type AskPassphrase,
  type PassphraseQuestion,
} from '../../certificates/encoding/passphrase.ts';
import { cancellation } from '../../system/errors.ts';
import { showInputBox } from './plain-window.ts';

/** Asks for the passphrase of an encrypted file. @throws AbortError when cancelled */
export const askPassphrase: AskPassphrase = async ({ file, again }: PassphraseQuestion) => {
  const entered = await showInputBox({
    title: `Passphrase of ${file}`,
    prompt: again ? 'Wrong passphrase. Try again.' : 'The file is encrypted.',
    password: true,
    ignoreFocusOut: true,
  });
  if (entered === undefined) throw cancellation();
  return entered;
};

/**
 * Asks twice for a new passphrase: a typing error would lock its owner out.
 *
 * @param explain why a text cannot be the passphrase; undefined when it can
 * @throws AbortError when cancelled
 */
export async function askNewPassphrase(
  title: string,
  explain: (text: string) => string | undefined = explainInvalidPassphrase,
): Promise<string> {
  const first = await showInputBox({
    title,
    prompt: 'The new passphrase. It cannot be recovered.',
    password: true,
    ignoreFocusOut: true,
    validateInput: explain,
  });
  if (first === undefined) throw cancellation();
  const second = await showInputBox({
    title,
    prompt: 'Repeat the passphrase.',
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text === first ? undefined : 'The passphrases differ.'),
  });
  if (second === undefined) throw cancellation();
  return first;
}
