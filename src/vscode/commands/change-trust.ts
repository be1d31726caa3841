import { ProgressLocation } from 'vscode';
import type { ChangeRequest, ChangeResult } from '../../certificates/trust/change-trust.ts';
import { ExplainedError } from '../../errors.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { readConfiguration } from '../configuration.ts';
import { withProgress } from '../plain-window.ts';
import type { ActiveFolder } from '../session.ts';
import type { CommandContext } from './command-context.ts';

/** The absolute path of a folder's certificates. */
export async function locateCertificates({ folder }: ActiveFolder): Promise<string> {
  return resolveInWorkspace(folder.uri.fsPath, readConfiguration(folder).certificatesFolder);
}

/**
 * Changes the trust stores under a progress notification, then has them asked again and tells of
 * each that could not be changed.
 */
export async function changeTrust(
  { notifier }: CommandContext,
  active: ActiveFolder,
  title: string,
  change: (request: ChangeRequest) => Promise<ChangeResult>,
): Promise<ChangeResult> {
  const folder = await locateCertificates(active);
  const abort = new AbortController();
  const result = await withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => {
        abort.abort();
      });
      return change({
        workspace: active.folder.uri.fsPath,
        folder,
        hasTerminal: false,
        signal: abort.signal,
        onStore: ({ name, place }) => {
          progress.report({ message: `${name} (${place})` });
        },
      });
    },
  ).then(
    async (changed) => {
      await active.server.refreshTrust();
      return changed;
    },
    async (error: unknown) => {
      // Cancelled on the way: what was changed before that is shown.
      await active.server.refreshTrust();
      throw error;
    },
  );
  for (const { problem } of result.failed) notifier.report(new ExplainedError(problem));
  return result;
}

/** The stores of a result in a list, each name once. */
export function listStores({ changed }: ChangeResult): string {
  return [...new Set(changed.map(({ name }) => name))].join(', ');
}
