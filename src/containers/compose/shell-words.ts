/** What a backslash takes its meaning from inside double quotes. */
const ESCAPED_IN_QUOTES = '"\\$`\n';

/**
 * The words of a command that is written as one text, as a POSIX shell and so Compose tells them:
 * quotes and backslashes keep spaces, and parts that touch are one word. A quote that is not closed
 * ends with the text. Pure.
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  /** None between two words; an empty one where there were quotes and nothing in them. */
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
      // A line that goes on.
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
