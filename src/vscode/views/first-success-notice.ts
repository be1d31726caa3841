import type { Disposable, Memento } from 'vscode';
import { deriveStatus } from '../../chroma/status/derive-status.ts';
import type { Snapshot } from '../../chroma/status/snapshot.ts';
import { ours } from '../model/actions.ts';
import { endpointOf } from '../model/facts.ts';
import type { Notifier } from '../window/notify.ts';

/** Where the workspace's memory keeps the folders that this was said of. */
const SAID = 'chromaTls.firstSuccess';

/** What is needed of the session. */
interface Folders {
  readonly active: ActiveFolder | undefined;
  readonly onDidChange: (listener: () => void) => Disposable;
}

interface ActiveFolder {
  readonly folder: { readonly uri: { readonly toString: () => string } };
  readonly server: { readonly snapshot: Snapshot };
}

/**
 * Offers the code that connects a client, the first time that a folder's server is healthy. That is
 * once for a folder, and all that is ever offered for nothing but success.
 *
 * @param memory of the workspace
 */
export function watchFirstSuccess(
  folders: Folders,
  notifier: Pick<Notifier, 'offer'>,
  memory: Pick<Memento, 'get' | 'update'>,
): Disposable {
  const look = (): void => {
    const { active } = folders;
    if (!active) return;
    const folder = active.folder.uri.toString();
    const said = memory.get<readonly string[]>(SAID) ?? [];
    if (said.includes(folder)) return;
    const address = healthyAddress(active);
    if (address === undefined) return;
    void memory.update(SAID, [...said, folder]);
    void notifier.offer(
      `Chroma is healthy: clients reach it at ${address}.`,
      () => folders.active === active && healthyAddress(active) === address,
      ours('chromaTls.copyClientCode'),
    );
  };
  look();
  return folders.onDidChange(look);
}

function healthyAddress({ server: { snapshot } }: ActiveFolder): string | undefined {
  const { state } = deriveStatus(snapshot, Date.now());
  return state === 'healthy' ? endpointOf(snapshot) : undefined;
}
