import type { ExtensionContext } from 'vscode';
import type { Snapshot } from './chroma/status/status.ts';
import { CertificateEditor } from './vscode/views/certificate-editor.ts';
import { StandIns } from './vscode/stand-ins.ts';
import type { TreeNode } from './vscode/model/tree.ts';
import { isUsedHere } from './vscode/session/used-here.ts';

/** What the tests inside the extension host look at; no interface for other extensions. */
export interface ExtensionApi {
  /** Whether more than the stand-ins is loaded. */
  readonly isAtWork: () => boolean;
  /** Has it loaded, as a user does who opens the view or runs a command. */
  readonly wake: () => Promise<void>;
  /** What is known of the active folder's server, or undefined without a folder or trust. */
  readonly snapshot: () => Snapshot | undefined;
  /** The lines of the view as they are shown. */
  readonly tree: () => readonly TreeNode[];
}

/**
 * VS Code calls this in every window. Where this product was never used it only registers what
 * loads the rest, which is kept out of this file's bundle.
 */
export async function activate(context: ExtensionContext): Promise<ExtensionApi> {
  const standIns = new StandIns(
    async () => {
      const { startWork } = await import('./vscode/work.ts');
      return () => startWork(context);
    },
    () => isUsedHere(context.workspaceState),
  );
  context.subscriptions.push(standIns, CertificateEditor.register());
  await standIns.wakeIfUsed();
  return {
    isAtWork: () => standIns.work !== undefined,
    wake: () => standIns.wake(),
    snapshot: () => standIns.work?.snapshot(),
    tree: () => standIns.work?.tree() ?? [],
  };
}
