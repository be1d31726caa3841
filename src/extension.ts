import { join } from 'node:path';
import { window, type ExtensionContext } from 'vscode';
import { toProblem } from './errors.ts';
import type { Snapshot } from './chroma/status.ts';
import { CertificateEditor } from './vscode/certificate-editor.ts';
import { registerCommands } from './vscode/commands.ts';
import { ContextKeys } from './vscode/context-keys.ts';
import { CoverageNotice } from './vscode/coverage-notice.ts';
import { ExpiryNotice } from './vscode/expiry-notice.ts';
import { Notifier } from './vscode/notify.ts';
import { PassPhrases } from './vscode/pass-phrases.ts';
import { ServerLog } from './vscode/server-log.ts';
import { Session } from './vscode/session.ts';
import { Starts } from './vscode/starts.ts';
import { StatusBar } from './vscode/status-bar.ts';
import { ServerView } from './vscode/tree.ts';
import type { TreeNode } from './vscode/tree-model.ts';
import { TrustRefresh } from './vscode/trust-refresh.ts';

/** What the tests inside the extension host look at; no interface for other extensions. */
export interface ExtensionApi {
  /** What is known of the active folder's server, or undefined without a folder or trust. */
  readonly snapshot: () => Snapshot | undefined;
  /** The lines of the view as they are shown. */
  readonly tree: () => readonly TreeNode[];
}

export function activate(context: ExtensionContext): ExtensionApi {
  const log = window.createOutputChannel('Chroma TLS', { log: true });
  const notifier = new Notifier(log);
  const passPhrases = new PassPhrases(context.secrets);
  const session = new Session({
    passPhrases,
    memory: context.workspaceState,
    distFolder: join(context.extensionPath, 'dist'),
    log: (line) => {
      log.info(line);
    },
    failed: notifier.report,
  });
  const serverLog = new ServerLog(() => window.createOutputChannel('Chroma Server', 'log'));
  const view = new ServerView(session);
  context.subscriptions.push(
    log,
    passPhrases,
    session,
    serverLog,
    view,
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) session.look();
    }),
    new StatusBar(session),
    new ContextKeys(session),
    new CoverageNotice(session, notifier),
    CertificateEditor.register(),
    new ExpiryNotice(session, notifier, context.workspaceState),
    new TrustRefresh(session, view, (error) => {
      log.warn(toProblem(error).what);
    }),
    registerCommands({ session, notifier, serverLog, passPhrases, starts: new Starts() }),
  );
  return {
    snapshot: () => session.active?.server.snapshot,
    tree: () => view.nodes,
  };
}
