import { workspace, type WorkspaceFolder } from 'vscode';

/** The title of what is asked or shown about a folder, with its name where several are open. */
export function folderTitle(title: string, { name }: WorkspaceFolder): string {
  return (workspace.workspaceFolders ?? []).length > 1 ? `${title} (${name})` : title;
}
