import { window } from 'vscode';
import { checkTerminalLine } from '../model/terminal-line.ts';

/** What a terminal of ours is called. */
export const TERMINAL_NAME = 'Chroma TLS';

/**
 * Opens a terminal with a line typed in; the user reads it, and presses Enter or not.
 *
 * @throws ExplainedError `control-characters`
 */
export function typeInTerminal(line: unknown): void {
  if (typeof line !== 'string') return;
  const typed = checkTerminalLine(line);
  const terminal = window.createTerminal({ name: TERMINAL_NAME });
  terminal.show();
  terminal.sendText(typed, false);
}
