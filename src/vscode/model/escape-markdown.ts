import { markUnseen } from './shown-text.ts';

/** Text as Markdown that shows exactly that text: no link, no icon, no markup, on one line. */
export function escapeMarkdown(text: string): string {
  return markUnseen(text.replaceAll(/\s+/g, ' ')).replaceAll(
    /[\\`*_{}[\]()#+\-!~|<>$&:@.]/g,
    '\\$&',
  );
}
