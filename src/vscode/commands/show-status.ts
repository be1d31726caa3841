import { commands, env, QuickPickItemKind } from 'vscode';
import { folderTitle } from '../window/folder-title.ts';
import { showBriefly, showQuickPick, type PlainItem } from '../window/plain-window.ts';
import { renderStatusPick, type StatusRow } from '../model/status-pick.ts';
import type { CommandHandler } from './command-context.ts';

interface StatusItem extends PlainItem {
  readonly row: StatusRow;
}

/** The status in full: what is wrong, what one can do about it, what is known. */
export const showStatus: CommandHandler = async ({ session }) => {
  const active = await session.require();
  if (!active) return;
  const { title, rows } = renderStatusPick(active.server.snapshot, Date.now());
  const picked = await showQuickPick(rows.map(toItem), {
    title: folderTitle(title, active.folder),
    placeHolder: 'Choose an action, or a fact to copy',
    matchOnDescription: true,
  });
  if (picked?.row.kind === 'action') {
    const { command, arguments: given } = picked.row.action;
    await commands.executeCommand(command, ...given);
  } else if (picked?.row.kind === 'fact') {
    await env.clipboard.writeText(picked.row.copies);
    showBriefly('Copied', 2000);
  }
};

function toItem(row: StatusRow): StatusItem {
  switch (row.kind) {
    case 'heading':
      return { row, label: row.label, kind: QuickPickItemKind.Separator };
    case 'action':
      return { row, icon: row.action.icon, label: row.action.label };
    case 'fact':
      return {
        row,
        icon: row.icon,
        label: row.label,
        ...(row.description === undefined ? {} : { description: row.description }),
      };
  }
}
