/** Text as Markdown that shows exactly that text: no link, no icon, no markup, on one line. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]()#+\-!~|<>$&:@.]/g, '\\$&');
}
