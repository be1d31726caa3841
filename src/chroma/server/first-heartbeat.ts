import { setTimeout as pause } from 'node:timers/promises';
import { ExplainedError } from '../../system/errors.ts';
import { describeExit } from '../status/exit-problem.ts';
import type { HeartbeatFailure } from '../health/heartbeat-failure.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { Server } from './server.ts';
import { deriveStatus } from '../status/derive-status.ts';
import type { Snapshot } from '../status/snapshot.ts';

/** Milliseconds between two heartbeats that are asked for: the shortest, and the longest. */
const SHORTEST_WAIT = 25;
const LONGEST_WAIT = 200;
/** Which part of the time it took so far a wait is: no start is told later than by that. */
const PART = 1 / 10;
/** How often (ms) it is looked whether the server still runs: that takes it some of the processor. */
const LOOK_EVERY = 500;

/** What a start listens to. */
export type ListenedServer = Pick<Server, 'environment' | 'snapshot' | 'apply' | 'probe'>;

/**
 * Whether a verified heartbeat is heard until a moment (ms since 1970), unless the server ends before
 * or fails in a way that is hopeless.
 */
export async function isHeard(
  server: ListenedServer,
  runtime: Runtime,
  {
    signal,
    until,
    isHopeless,
  }: {
    readonly signal: AbortSignal;
    readonly until: number;
    readonly isHopeless: (failure: HeartbeatFailure) => boolean;
  },
): Promise<boolean> {
  const began = Date.now();
  let lookAt = began + LOOK_EVERY;
  while (Date.now() < until) {
    signal.throwIfAborted();
    await server.probe(signal);
    const { probe, observation } = server.snapshot;
    if (probe?.ok) return true;
    if (observation.kind !== 'running') return false;
    if (probe && isHopeless(probe.failure)) return false;
    const wait = Math.max((Date.now() - began) * PART, SHORTEST_WAIT);
    await pause(Math.min(wait, LONGEST_WAIT), undefined, { signal });
    if (Date.now() < lookAt) continue;
    lookAt = Date.now() + LOOK_EVERY;
    const seen = await runtime.observe(signal);
    if (seen.kind !== 'running') server.apply({ kind: 'observed', observation: seen });
  }
  return false;
}

/** Why no verified heartbeat was heard, by what is known now. */
export function explainSilence({ operation: _, ...known }: Snapshot): ExplainedError {
  // However it ended: nobody stopped what is only just being started.
  if (known.observation.kind === 'exited')
    return new ExplainedError(describeExit(known.observation));
  const status = deriveStatus(known, Date.now());
  if (known.observation.kind !== 'running' && status.state === 'failed') {
    return new ExplainedError(status.problem);
  }
  const { probe } = known;
  const failure = probe?.ok === false ? probe.failure : undefined;
  return new ExplainedError({
    code: 'no-heartbeat',
    what: 'The server was started, but gave no verified heartbeat.',
    ...(failure ? { why: failure.what } : {}),
    // No log says what the failure's own cure does.
    ...(failure?.action === 'createComposeFile'
      ? { action: failure.action }
      : { next: 'Its log may say why.', action: 'showLogs' }),
  });
}
