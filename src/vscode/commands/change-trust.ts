import { ProgressLocation } from 'vscode';
import type { ChangeResult } from '../../certificates/trust/change-trust.ts';
import { ExplainedError } from '../../system/errors.ts';
import type { TrustChanged, TrustOptions } from '../../workspace/trust.ts';
import type { Notifier } from '../window/notify.ts';
import { withProgress } from '../window/plain-window.ts';

/** Changes the trust stores under a progress notification, and tells of each that failed. */
export async function changeTrust(
  notifier: Notifier,
  title: string,
  change: (options: TrustOptions) => Promise<TrustChanged>,
): Promise<TrustChanged> {
  const abort = new AbortController();
  const result = await withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => {
        abort.abort();
      });
      return change({
        hasTerminal: false,
        signal: abort.signal,
        onStore: ({ name, location }) => {
          progress.report({ message: `${name} (${location})` });
        },
      });
    },
  );
  for (const { problem } of result.failed) notifier.report(new ExplainedError(problem));
  return result;
}

/** The stores of a result in a list, each name once. */
export function listStores({ changed }: ChangeResult): string {
  return [...new Set(changed.map(({ name }) => name))].join(', ');
}
