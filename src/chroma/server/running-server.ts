import type { Settings } from '../../project/settings.ts';
import { explainSilence, isHeard, type ListenedServer } from './first-heartbeat.ts';
import type { HeartbeatFailure } from '../health/heartbeat-failure.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { ServerFacts } from '../server-facts.ts';

/** Milliseconds in which a server that runs has to be verified, or it is replaced. */
const PATIENCE_WITH_RUNNING = 5000;
/** Milliseconds more for one whose answer is only late, as in a bulk add: two whole beats. */
const PATIENCE_WITH_LATE = 10_000;
/** Milliseconds that a server may have been running without being ready. */
const BEING_STARTED = 10_000;

/** What a start finds there already. */
export type RunningServer =
  | { readonly kind: 'none' }
  | { readonly kind: 'verified'; readonly runtime: Runtime }
  /** It is to be replaced, because it is not verified or asks for no token; `why` tells a user so, as sentences. */
  | { readonly kind: 'silent'; readonly runtime: Runtime; readonly why: string };

/**
 * Listens for a few seconds whether the server that runs already, no matter who started it, can be verified.
 *
 * @throws ExplainedError where it cannot, and a new start of it would not help; AbortError
 */
export async function judgeRunning(
  server: ListenedServer,
  signal: AbortSignal,
): Promise<RunningServer> {
  const { observation } = server.snapshot;
  if (observation.kind !== 'running') return { kind: 'none' };
  const { server: facts } = observation;
  const runtime = server.environment.runtimes.find(({ kind }) => kind === facts.runtime);
  if (!runtime) return { kind: 'none' };
  if (asksForLess(facts, server.environment.readSettings())) {
    const why = 'The server that was running asks for no token. It is replaced; its data stays.';
    return { kind: 'silent', runtime, why };
  }
  const now = Date.now();
  // One that was only just started, by a start that was broken off, say, may still be on its way.
  const ready = Math.min(facts.startedAt, now) + BEING_STARTED;
  const until = Math.max(now + PATIENCE_WITH_RUNNING, ready);
  if (
    (await isHeard(server, runtime, { signal, until, isHopeless: () => false })) ||
    (await isHeardLate(server, runtime, signal))
  ) {
    return { kind: 'verified', runtime };
  }
  const { probe, observation: seen } = server.snapshot;
  if (seen.kind !== 'running') return { kind: 'none' };
  const failure = probe?.ok === false ? probe.failure : undefined;
  if (failure && !isCuredByStart(facts, failure)) throw explainSilence(server.snapshot);
  const reason = failure ? ` ${failure.what}` : '';
  return {
    kind: 'silent',
    runtime,
    why: `The server that was running gave no verified heartbeat.${reason} It is replaced; its data stays.`,
  };
}

/** Whether a server of our own lets in everyone, although a token is wanted now. */
function asksForLess({ runtime, asksForToken }: ServerFacts, { token }: Settings): boolean {
  return token === 'generated' && !asksForToken && (runtime === 'docker' || runtime === 'local');
}

/** Whether one that takes connections, and is only slow, is verified after all: it may well be at work. */
async function isHeardLate(
  server: ListenedServer,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<boolean> {
  const isLate = ({ code }: HeartbeatFailure): boolean => code === 'timeout';
  const { probe } = server.snapshot;
  if (probe?.ok !== false || !isLate(probe.failure)) return false;
  const until = Date.now() + PATIENCE_WITH_LATE;
  return isHeard(server, runtime, { signal, until, isHopeless: (failure) => !isLate(failure) });
}

/** Whether a server that is started again may be verified then. */
function isCuredByStart(
  { runtime, proxyService: proxy }: ServerFacts,
  failure: HeartbeatFailure,
): boolean {
  // How a user's own file has it is theirs, and so is what they put in front of it.
  if (runtime === 'compose') return failure.transient && proxy === undefined;
  return failure.code !== 'unsupported-constraint';
}
