/** A word: quoted parts, escaped letters and plain ones that touch. A quote may be left open. */
const WORD = /(?:'[^']*'?|"(?:\\[^]|[^"\\])*"?|\\[^]|[^\s'"\\])+/g;
/** What in a word does not stand for itself: a part in single or double quotes, an escaped letter. */
const PART = /'([^']*)'?|"((?:\\[^]|[^"\\])*)"?|\\([^])/g;
/** A line that goes on, or one of the few letters that a backslash escapes in double quotes. */
const ESCAPED_IN_QUOTES = /\\(?:\n|([\\"$`]))/g;
const GOES_ON = '\\\n';

/**
 * Splits a command that is one text into words, as a POSIX shell and Compose do: quotes and
 * backslashes keep spaces, and parts that touch are one word. A quote that is not closed ends with
 * the text. Pure.
 */
export function splitWords(text: string): readonly string[] {
  const words = (text.match(WORD) ?? []).filter((word) => word !== GOES_ON);
  return words.map((word) =>
    word.replace(PART, (part, single?: string, double?: string, letter?: string) =>
      part === GOES_ON ? '' : (single ?? double?.replace(ESCAPED_IN_QUOTES, '$1') ?? letter ?? ''),
    ),
  );
}
