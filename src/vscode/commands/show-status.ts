import { commands, env, QuickPickItemKind, window, type QuickPickItem } from 'vscode';
import { renderStatusPick, type StatusRow } from '../status-pick-model.ts';
import type { CommandHandler } from './command-context.ts';

interface StatusItem extends QuickPickItem {
  readonly row: StatusRow;
}

/** The status in full: what is wrong, what one can do about it, what is known. */
export const showStatus: CommandHandler = async ({ session }) => {
  const active = await session.require();
  if (!active) return;
  const { title, rows } = renderStatusPick(active.server.snapshot, Date.now());
  const picked = await window.showQuickPick(rows.map(toItem), {
    title,
    placeHolder: 'Choose an action, or a fact to copy',
    matchOnDescription: true,
  });
  if (picked?.row.kind === 'action') {
    const { command, arguments: given } = picked.row.action;
    await commands.executeCommand(command, ...given);
  } else if (picked?.row.kind === 'fact') {
    await env.clipboard.writeText(picked.row.copies);
    window.setStatusBarMessage('$(check) Copied', 2000);
  }
};

function toItem(row: StatusRow): StatusItem {
  switch (row.kind) {
    case 'heading':
      return { row, label: row.label, kind: QuickPickItemKind.Separator };
    case 'action':
      return { row, label: `$(${row.action.icon}) ${row.action.label}` };
    case 'fact':
      return {
        row,
        label: `$(${row.icon}) ${row.label}`,
        ...(row.description === undefined ? {} : { description: row.description }),
      };
  }
}
