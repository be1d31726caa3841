/**
 * Text that VS Code shows as it is. Notifications and input boxes make links of `[label](target)`,
 * quick picks make icons of `$(name)`: a space in between prevents both.
 */
export function asShownText(text: string): string {
  return markUnseen(text.replaceAll(/[\t\r]+/g, ' '))
    .replaceAll('](', '] (')
    .replaceAll('$(', '$ (');
}

/** Text as Markdown that shows exactly that text: no link, no icon, no markup, on one line. */
export function escapeMarkdown(text: string): string {
  return markUnseen(text.replaceAll(/\s+/g, ' ')).replaceAll(
    /[\\`*_{}[\]()#+\-!~|<>$&:@.]/g,
    '\\$&',
  );
}

/** Shows invisible characters, and those that reverse the order of letters, as a mark. Keeps lines. */
export function markUnseen(text: string): string {
  return text.replaceAll(/[^\P{C}\n]/gu, '\uFFFD');
}

/** Phrases and sentences as one text to read out: a full stop between two, and none at the end. Pure. */
export function joinSentences(parts: readonly string[]): string {
  return parts
    .map((part) => part.trim().replace(/\.$/, ''))
    .filter((part) => part !== '')
    .map((part, index, all) =>
      index === all.length - 1 || /[!?:…]$/.test(part) ? part : `${part}.`,
    )
    .join(' ');
}
