import {
  EventEmitter,
  ExtensionMode,
  type ExtensionContext,
  type McpServerDefinitionProvider,
  type McpStdioServerDefinition,
} from 'vscode';
import type { Snapshot } from './chroma/status/snapshot.ts';
import { provideMcpServers, registerAssistants } from './vscode/assistants.ts';
import { CertificateEditor } from './vscode/views/certificate-editor.ts';
import { StandIns } from './vscode/stand-ins.ts';
import type { TreeNode } from './vscode/model/tree/tree-node.ts';
import { isUsedHere } from './vscode/session/used-here.ts';
import { showWalkthroughOnce } from './vscode/views/first-walkthrough.ts';

/** For the tests in the extension host. Other extensions get nothing: what it gives holds the token. */
export interface ExtensionApi {
  /** Whether more than the stand-ins is loaded. */
  readonly isAtWork: () => boolean;
  /** Loads the rest, as opening the view or running a command does. */
  readonly wake: () => Promise<void>;
  /** What is known of the active folder's server, or undefined without a folder or trust. */
  readonly snapshot: () => Snapshot | undefined;
  /** The lines of the view. */
  readonly tree: () => readonly TreeNode[];
  /** What VS Code asks for MCP servers. */
  readonly mcpServers: McpServerDefinitionProvider<McpStdioServerDefinition>;
}

/**
 * VS Code calls this in every window. Where this product was never used, it registers only what
 * loads the rest, which is in another bundle.
 */
export async function activate(context: ExtensionContext): Promise<ExtensionApi | undefined> {
  const mcpChanged = new EventEmitter<void>();
  const standIns = new StandIns(
    async () => {
      const { startWork } = await import('./vscode/work.ts');
      return () =>
        startWork(context, () => {
          mcpChanged.fire();
        });
    },
    () => isUsedHere(context.workspaceState),
  );
  const mcpServers = provideMcpServers(standIns, mcpChanged.event);
  context.subscriptions.push(
    standIns,
    CertificateEditor.register(),
    mcpChanged,
    registerAssistants(standIns, mcpServers),
  );
  await standIns.wakeIfUsed();
  void showWalkthroughOnce(context.globalState);
  if (context.extensionMode !== ExtensionMode.Test) return undefined;
  return {
    isAtWork: () => standIns.work !== undefined,
    wake: () => standIns.wake(),
    snapshot: () => standIns.work?.snapshot(),
    tree: () => standIns.work?.tree() ?? [],
    mcpServers,
  };
}
