import type { Server } from '../../chroma/server/server.ts';
import type { Snapshot } from '../../chroma/status/snapshot.ts';
import { endpointOf, ownServer } from '../model/facts.ts';

/** The address where a server of our own answers, verified; undefined while none does. */
export function answeringAddress(snapshot: Snapshot): string | undefined {
  const { operation, probe } = snapshot;
  if (!ownServer(snapshot) || operation !== undefined || probe?.ok !== true) return undefined;
  return endpointOf(snapshot);
}

/** Resolves once a server does not answer at an address any more: it was paused, say, or moved. */
export function untilSilent(
  { onDidChange }: Pick<Server, 'onDidChange'>,
  address: string,
): Promise<void> {
  return new Promise((resolve) => {
    const watching = onDidChange((snapshot) => {
      if (answeringAddress(snapshot) === address) return;
      watching.dispose();
      resolve();
    });
  });
}
