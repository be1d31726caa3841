import { ProgressLocation } from 'vscode';
import { asProgress } from '../model/messages/wording.ts';
import { withProgress } from './plain-window.ts';

/** How the work under a notification is told of, and ended. */
interface Task {
  /** Fires when the user cancels. */
  readonly signal: AbortSignal;
  /** @param fraction from 0 to 1, where it is known how far the work is */
  readonly report: (message: string, fraction?: number) => void;
}

/** What a bar shows at most before the work has ended; what comes after the part that is measured. */
const FULL = 90;

/**
 * Runs work under a notification with its progress, and with Cancel where it can be cancelled.
 *
 * @param options.abort where the work can be ended from elsewhere too
 * @param options.log keeps each step whole, with its reasons
 */
export async function runCancellable<Result>(
  title: string,
  work: (task: Task) => Promise<Result>,
  {
    cancellable = true,
    abort = new AbortController(),
    log,
  }: {
    readonly cancellable?: boolean;
    readonly abort?: AbortController;
    readonly log?: (line: string) => void;
  } = {},
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
            log?.(`${title}: ${message}`);
            const percent = Math.round((fraction ?? 0) * FULL);
            const increment = percent - shown;
            shown = Math.max(shown, percent);
            progress.report({
              message: asProgress(message),
              ...(increment > 0 ? { increment } : {}),
            });
          },
        });
      } finally {
        cancelled.dispose();
      }
    },
  );
}
