/**
 * Text that VS Code shows as it is. Notifications and input boxes make links out of
 * `[label](target)`, quick picks make pictures out of `$(name)`, and a domain, a file's name or a
 * program's last words may have either in them: a space in between keeps both from it.
 */
export function asShownText(text: string): string {
  return markUnseen(text.replaceAll(/[\t\r]+/g, ' '))
    .replaceAll('](', '] (')
    .replaceAll('$(', '$ (');
}

/** Has what nobody sees, or what turns the order of letters round, show as a mark. Keeps lines. */
export function markUnseen(text: string): string {
  return text.replaceAll(/[^\P{C}\n]/gu, '\uFFFD');
}
