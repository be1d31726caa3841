import { commands, window, workspace, type Memento } from 'vscode';
import { VIEW_ID, WALKTHROUGH } from '../model/command-ids.ts';

/** Where this machine's memory keeps that the walkthrough was shown. */
const SHOWN = 'chromaTls.walkthroughShown';

/**
 * Opens the walkthrough once after installing. VS Code does so itself for an extension that is
 * installed in its window, and not for one that a terminal or a sync has installed; it is the same
 * tab then. Its setting to open none holds for us too. The view is opened beside it.
 *
 * @param memory of this machine, not of a workspace
 */
export async function showWalkthroughOnce(memory: Memento): Promise<void> {
  if (memory.get(SHOWN) === true) return;
  // Another window will do: of several, only one is looked at, and in some folders nothing works.
  if (!workspace.isTrusted || isVirtual() || !window.state.focused) return;
  const mayOpen = workspace
    .getConfiguration('workbench.welcomePage.walkthroughs')
    .get<boolean>('openOnInstall');
  if (mayOpen === false) return;
  await memory.update(SHOWN, true);
  await commands.executeCommand(`${VIEW_ID}.focus`);
  await commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
}

/** No folder at all is well: the walkthrough can be read, and its buttons offer to open one. */
function isVirtual(): boolean {
  const folders = workspace.workspaceFolders ?? [];
  return folders.length > 0 && folders.every(({ uri }) => uri.scheme !== 'file');
}
