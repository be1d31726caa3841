import type { ChangeResult } from '../../certificates/trust/change-trust.ts';
import { ExplainedError } from '../../system/errors.ts';
import type { TrustChanged, TrustOptions } from '../../workspace/trust.ts';
import { runCancellable } from '../window/cancellable.ts';
import type { Notifier } from '../window/notify.ts';

/** Changes the trust stores under a progress notification, and tells of each that failed. */
export async function changeTrust(
  notifier: Notifier,
  title: string,
  change: (options: TrustOptions) => Promise<TrustChanged>,
): Promise<TrustChanged> {
  const result = await runCancellable(title, ({ signal, report }) =>
    change({
      hasTerminal: false,
      signal,
      onStore: ({ name, location }) => {
        report(`${name} (${location})`);
      },
    }),
  );
  for (const { problem } of result.failed) notifier.report(new ExplainedError(problem));
  return result;
}

/** The stores of a result in a list, each name once. */
export function listStores({ changed }: ChangeResult): string {
  return [...new Set(changed.map(({ name }) => name))].join(', ');
}
