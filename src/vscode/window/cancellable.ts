import { ProgressLocation } from 'vscode';
import { withProgress } from './plain-window.ts';

/** How the work under a notification is told of, and ended. */
interface Task {
  /** Fires when the user cancels. */
  readonly signal: AbortSignal;
  /** @param fraction how much is done, 0 to 1, where that is known */
  readonly report: (message: string, fraction?: number) => void;
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
      let shown = 0;
      try {
        return await work({
          signal: abort.signal,
          report: (message, fraction) => {
            const percent = Math.round((fraction ?? 0) * 100);
            // VS Code adds each increment to the bar, and takes nothing back.
            const increment = percent > shown ? { increment: percent - shown } : {};
            shown = Math.max(shown, percent);
            progress.report({ message, ...increment });
          },
        });
      } finally {
        cancelled.dispose();
      }
    },
  );
}
