import { ProgressLocation } from 'vscode';
import type { ChangeRequest, ChangeResult } from '../../certificates/trust/change-trust.ts';
import { ExplainedError } from '../../system/errors.ts';
import { locateCertificates } from '../session/locate-certificates.ts';
import { withProgress } from '../window/plain-window.ts';
import type { ActiveFolder } from '../session/session.ts';
import type { CommandContext } from './command-context.ts';

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
        onStore: ({ name, location }) => {
          progress.report({ message: `${name} (${location})` });
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
