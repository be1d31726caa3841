/** Inside double quotes a backslash escapes only these. */
const ESCAPED_IN_QUOTES = '"\\$`\n';

/**
 * Splits a command that is one text into words, as a POSIX shell and Compose do: quotes and
 * backslashes keep spaces, and parts that touch are one word. A quote that is not closed ends with
 * the text. Pure.
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  /** None between two words; empty after quotes with nothing in them. */
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    const next = text.charAt(at + 1);
    if (letter === quote) {
      quote = '';
    } else if (
      letter === '\\' &&
      (quote === '' || (quote === '"' && next !== '' && ESCAPED_IN_QUOTES.includes(next)))
    ) {
      at += 1;
      // The line continues.
      if (next !== '\n') word = (word ?? '') + next;
    } else if (quote !== '') {
      word = (word ?? '') + letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= '';
    } else if (!/\s/.test(letter)) {
      word = (word ?? '') + letter;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
