import { ProgressLocation } from 'vscode';
import { withProgress } from './plain-window.ts';

/** How the work under a notification is told of, and ended. */
interface Task {
  /** Fires when the user cancels. */
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

/**
 * Runs work under a notification with its progress, and with Cancel where it can be cancelled.
 *
 * @param options.abort where the work can be ended from elsewhere too
 */
export async function runCancellable<Result>(
  title: string,
  work: (task: Task) => Promise<Result>,
  {
    cancellable = true,
    abort = new AbortController(),
  }: { readonly cancellable?: boolean; readonly abort?: AbortController } = {},
): Promise<Result> {
  return withProgress(
    { location: ProgressLocation.Notification, title, cancellable },
    async (progress, token) => {
      const cancelled = token.onCancellationRequested(() => {
        abort.abort();
      });
      try {
        return await work({
          signal: abort.signal,
          report: (message) => {
            progress.report({ message });
          },
        });
      } finally {
        cancelled.dispose();
      }
    },
  );
}
