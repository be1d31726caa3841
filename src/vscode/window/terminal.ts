import { window } from 'vscode';
import { checkTerminalLine } from '../model/terminal-line.ts';

export const TERMINAL_NAME = 'Chroma TLS';

/**
 * Opens a terminal with a line typed in. The user reads it and decides whether to press Enter.
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
