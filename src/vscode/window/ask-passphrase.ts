import {
  explainInvalidPassphrase,
  type AskPassphrase,
  type PassphraseQuestion,
} from '../../certificates/encoding/passphrase.ts';
import { cancellation } from '../../system/errors.ts';
import { showInputBox } from './plain-window.ts';

/** Asks for the passphrase of an encrypted file. @throws AbortError when cancelled */
export const askPassphrase: AskPassphrase = async ({ file, again }: PassphraseQuestion) =>
  askSecret(
    `Passphrase of ${file}`,
    again ? 'Wrong passphrase. Try again.' : 'The file is encrypted.',
  );

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
  const first = await askSecret(title, 'The new passphrase. It cannot be recovered.', explain);
  return askSecret(title, 'Repeat the passphrase.', (text) =>
    text === first ? undefined : 'The passphrases differ.',
  );
}

async function askSecret(
  title: string,
  prompt: string,
  validateInput: (text: string) => string | undefined = () => undefined,
): Promise<string> {
  const options = { title, prompt, validateInput, password: true, ignoreFocusOut: true };
  const entered = await showInputBox(options);
  if (entered === undefined) throw cancellation();
  return entered;
}
