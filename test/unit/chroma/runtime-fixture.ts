import type { Runtime } from '../../../src/chroma/runtimes/runtime.ts';
import type { Server } from '../../../src/chroma/server/server.ts';
import type { Observation, RuntimeKind } from '../../../src/chroma/server-facts.ts';
import { deriveStatus, type State } from '../../../src/chroma/status/derive-status.ts';

export const NONE: Observation = { kind: 'none' };

/** A server of this runtime that runs. */
export function running(kind: RuntimeKind): Observation {
  const facts = { tls: 'nginx', bindAddress: '127.0.0.1', port: 8000, startedAt: 1 } as const;
  return { kind: 'running', server: { id: '1', runtime: kind, ...facts } };
}

/**
 * A runtime that sees this, or fails so, and fails to stop in the same way.
 *
 * @param stopped is given its kind when it is stopped
 */
export function runtime(
  kind: RuntimeKind,
  seen: Observation | Error,
  stopped: string[] = [],
): Runtime {
  const isFailing = seen instanceof Error;
  return {
    kind,
    check: () => Promise.resolve({ available: true, seen: '' }),
    start: () => Promise.resolve(),
    stop: () => {
      if (isFailing) return Promise.reject(seen);
      stopped.push(kind);
      return Promise.resolve();
    },
    observe: () => (isFailing ? Promise.reject(seen) : Promise.resolve(seen)),
    reload: () => Promise.resolve(false),
    watch: () => ({ dispose: () => undefined }),
    readLog: () => Promise.resolve([]),
    followLog: () => ({ dispose: () => undefined }),
  };
}

/** Every state that a server shows from now on, one after the other, the present one first. */
export function noteStates(server: Server): State[] {
  const shown: State[] = [];
  const note = (): void => {
    const { state } = deriveStatus(server.snapshot, Date.now());
    if (shown.at(-1) !== state) shown.push(state);
  };
  note();
  server.onDidChange(note);
  return shown;
}
