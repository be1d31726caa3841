import { observeEvery, stopEvery } from '../runtimes/every-runtime.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { Observation } from '../server-facts.ts';
import type { Settings } from '../../project/settings.ts';
import { holdStartLock } from '../start-lock.ts';
import { isExternal, type Snapshot, type SnapshotEvent } from '../status/status.ts';

/** What a stop needs of the one who owns the state. */
export interface StopPorts {
  readonly workspace: string;
  readonly runtimes: readonly Runtime[];
  readonly setting: Settings['runtime'];
  readonly snapshot: () => Snapshot;
  readonly apply: (event: SnapshotEvent) => void;
  readonly observe: () => Promise<void>;
}

/**
 * Ends whatever of our own runs for a workspace, and looks what came of it. The operation goes on
 * until whoever asked for it ends it: nothing else is to be told before.
 *
 * @returns what was seen of our own before
 * @throws ExplainedError where a runtime that may run it cannot be asked; `start-busy`; AbortError
 */
export async function bringDown(ports: StopPorts, signal?: AbortSignal): Promise<Observation> {
  const { workspace, runtimes, setting, snapshot, apply, observe } = ports;
  let hasWaited = false;
  const waiting = (): void => {
    hasWaited = true;
  };
  apply({ kind: 'operation', operation: { kind: 'stopping' } });
  try {
    const own = runtimes.filter(({ kind }) => kind !== 'external');
    return await holdStartLock(workspace, { doing: 'stopping', signal, waiting }, async () => {
      // What was under way before it was our turn may have changed what there is.
      if (hasWaited) await observe();
      const seen = isExternal(snapshot())
        ? await observeEvery(own, setting)
        : snapshot().observation;
      await stopEvery(own, { seen, setting, ...(signal ? { signal } : {}) });
      return seen;
    });
  } finally {
    await observe();
  }
}
