import { join } from 'node:path';
import { window, type ExtensionContext } from 'vscode';
import { toProblem } from '../system/errors.ts';
import type { Server } from '../chroma/server/server.ts';
import type { Snapshot } from '../chroma/status/snapshot.ts';
import { createAssistants, type Assistants } from './commands/assistants/create-assistants.ts';
import type { CommandContext } from './commands/command-context.ts';
import { registerCommands } from './register-commands.ts';
import { setContextKeys } from './views/context-keys.ts';
import { watchAccess } from './views/access-notice.ts';
import { watchDomainMismatch } from './views/domain-mismatch-notice.ts';
import { watchExpiry } from './views/expiry-notice.ts';
import { watchFirstSuccess } from './views/first-success-notice.ts';
import { ComposeReview } from './window/compose-review.ts';
import { Notifier } from './window/notify.ts';
import { Passphrases } from './window/passphrases.ts';
import { ServerLog } from './session/server-log.ts';
import { Session } from './session/session.ts';
import { startOnOpen } from './session/start-on-open.ts';
import { provideEnvironment } from './session/terminal-environment.ts';
import { Starts } from './session/starts.ts';
import { showStatusBar } from './views/status-bar.ts';
import { registerRowCommands } from './views/row-commands.ts';
import { ServerView } from './views/tree.ts';
import type { TreeNode } from './model/tree/tree-node.ts';
import { watchTrust } from './views/trust-refresh.ts';
import { UseNote } from './session/used-here.ts';

/** What is known and shown. */
export interface Shown {
  /** What is known of the active folder's server, or undefined without a folder or trust. */
  readonly snapshot: () => Snapshot | undefined;
  /** The lines of the view. */
  readonly tree: () => readonly TreeNode[];
  readonly assistants: Assistants;
}

/**
 * Constructs and registers what `extension.ts` does not need in every window.
 *
 * @param mcpChanged is called when assistants are to be given another MCP server, or none
 */
export function startWork(context: ExtensionContext, mcpChanged: () => void): Shown {
  const log = window.createOutputChannel('Chroma TLS', { log: true });
  const notifier = new Notifier(log);
  const distFolder = join(context.extensionPath, 'dist');
  const passphrases = new Passphrases(context.secrets);
  const session = new Session({
    passphrases,
    memory: context.workspaceState,
    distFolder,
    log: (line) => {
      log.info(line);
    },
    failed: notifier.reportUnasked,
  });
  const serverLog = new ServerLog(
    () => window.createOutputChannel('Chroma Server', 'log'),
    async (server: Server, count) => {
      // Loaded only now: it brings a library for schemas.
      const { readLastRun } = await import('../chroma/server/last-run.ts');
      return readLastRun(server, count);
    },
  );
  const starts = new Starts();
  const view = new ServerView(session);
  const commandContext: CommandContext = {
    session,
    notifier,
    serverLog,
    passphrases,
    distFolder,
    starts,
    composeReview: new ComposeReview(),
  };
  const assistants = createAssistants(commandContext, mcpChanged);
  context.subscriptions.push(
    log,
    passphrases,
    session,
    serverLog,
    view,
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) session.look();
    }),
    showStatusBar(session),
    setContextKeys(session),
    watchDomainMismatch(session, notifier),
    watchFirstSuccess(session, notifier, context.workspaceState),
    watchAccess(session, notifier),
    provideEnvironment(session, context, (error) => {
      log.warn(toProblem(error).what);
    }),
    watchExpiry(session, notifier, context.workspaceState),
    startOnOpen(session, starts, notifier, context.workspaceState),
    new UseNote(session, context.workspaceState),
    watchTrust(session, view, (error) => {
      log.warn(toProblem(error).what);
    }),
    registerRowCommands(),
    registerCommands(commandContext),
    assistants,
  );
  // A server may be known by now.
  mcpChanged();
  return {
    snapshot: () => session.active?.server.snapshot,
    tree: () => view.nodes,
    assistants,
  };
}
