import {
  explainInvalidPassPhrase,
  type AskPassPhrase,
  type PassPhraseQuestion,
} from '../../certificates/encoding/passphrase.ts';
import { cancellation } from '../../system/errors.ts';
import { showInputBox } from './plain-window.ts';

/** Asks for the pass phrase of something that has one. @throws AbortError when cancelled */
export const askPassPhrase: AskPassPhrase = async ({ file, again }: PassPhraseQuestion) => {
  const entered = await showInputBox({
    title: `Pass phrase of ${file}`,
    prompt: again ? 'That one does not open it. Try again.' : 'The file opens only with it.',
    password: true,
    ignoreFocusOut: true,
  });
  if (entered === undefined) throw cancellation();
  return entered;
};

/**
 * Asks for a pass phrase that is to be set, twice: a slip would lock its owner out.
 *
 * @param explain why a text cannot be it; undefined when it can
 * @throws AbortError when cancelled
 */
export async function askNewPassPhrase(
  title: string,
  explain: (text: string) => string | undefined = explainInvalidPassPhrase,
): Promise<string> {
  const first = await showInputBox({
    title,
    prompt: 'The new pass phrase. Nobody can restore it.',
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
