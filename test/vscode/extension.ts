import assert from 'node:assert/strict';
import { extensions, workspace } from 'vscode';
import type { ExtensionApi } from '../../src/extension.ts';
import { EXTENSION_ID } from '../../src/vscode/model/command-ids.ts';
import type { TreeNode } from '../../src/vscode/model/tree/tree-node.ts';

/** Activates the extension. @returns its interface for tests */
export async function activateExtension(): Promise<ExtensionApi> {
  const extension = extensions.getExtension<ExtensionApi>(EXTENSION_ID);
  assert.ok(extension, 'the extension is there');
  const api = await extension.activate();
  await api.wake();
  return api;
}

/** The path of the open folder. */
export function openFolder(): string {
  const [folder] = workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return folder.uri.fsPath;
}

/** Finds a line of the view by its id, at any depth. */
export function findLine(nodes: readonly TreeNode[], id: string): TreeNode | undefined {
  for (const node of nodes) {
    const found = node.id === id ? node : findLine(node.children, id);
    if (found) return found;
  }
  return undefined;
}
