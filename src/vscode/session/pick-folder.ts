import type { WorkspaceFolder } from 'vscode';
import { showQuickPick, type PlainItem } from '../window/plain-window.ts';

interface FolderItem extends PlainItem {
  /** None: that of the active editor. */
  readonly folder?: WorkspaceFolder;
}

/**
 * Asks which folder is meant from now on.
 *
 * @param present the address of the one that is picked now
 * @returns undefined where the user picked nothing; no folder for that of the active editor
 */
export function pickFolder(
  folders: readonly WorkspaceFolder[],
  present: string | undefined,
): Promise<Pick<FolderItem, 'folder'> | undefined> {
  const items: readonly FolderItem[] = [
    {
      icon: 'edit',
      label: 'The Folder of the Active Editor',
      description: describe(present === undefined),
    },
    ...folders.map((folder) => ({
      folder,
      icon: 'root-folder',
      label: folder.name,
      description: describe(folder.uri.toString() === present),
      detail: folder.uri.fsPath,
    })),
  ];
  return showQuickPick(items, {
    title: 'Chroma: Select Folder',
    placeHolder: 'The folder whose Chroma server you mean',
  });
}

function describe(isPresent: boolean): string {
  return isPresent ? 'set now' : '';
}
