import { commands, Disposable, env } from 'vscode';
import { ROW_COMMANDS } from '../model/command-ids.ts';
import type { TreeNode } from '../model/tree/tree-node.ts';
import { showBriefly } from '../window/plain-window.ts';

/** Registers what only the menus of the view's lines call, each with its line. */
export function registerRowCommands(): Disposable {
  return Disposable.from(
    commands.registerCommand(ROW_COMMANDS.copy, async (node: TreeNode | undefined) => {
      if (!node) return;
      await env.clipboard.writeText(node.copies);
      showBriefly('Copied', 2000);
    }),
    ...[ROW_COMMANDS.openSetting, ROW_COMMANDS.cure].map((id) =>
      commands.registerCommand(id, async (node: TreeNode | undefined) => {
        if (node?.click) await commands.executeCommand(node.click.command, ...node.click.arguments);
      }),
    ),
  );
}
