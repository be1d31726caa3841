import type { Runtime } from '../../../src/chroma/runtimes/runtime.ts';
import type { Observation, RuntimeKind } from '../../../src/chroma/server-facts.ts';

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
    renew: () => Promise.resolve(false),
    watch: () => ({ dispose: () => undefined }),
    readLog: () => Promise.resolve([]),
    followLog: () => ({ dispose: () => undefined }),
  };
}
