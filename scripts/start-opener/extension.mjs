// What `npm start` shows: the view, and the walkthrough beside it. Chroma TLS itself opens them only
// once, after installing.
import { commands } from 'vscode';

/**
 * VS Code calls this when a window has come up.
 * @param {import('vscode').ExtensionContext} context
 */
export async function activate({ workspaceState }) {
  const run = process.env['CHROMA_TLS_START'];
  // A window that is reloaded brings back by itself what was open.
  if (run !== undefined && workspaceState.get('run') === run) return;
  await workspaceState.update('run', run);
  await commands.executeCommand('chromaTls.server.focus');
  const walkthrough = 'chroma-tls.chroma-tls#firstServer';
  await commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
}
