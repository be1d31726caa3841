import type { Engine } from '../../../containers/engine.ts';
import { stopEventsArgs } from './queries.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';
import type { Observation } from '../../server-facts.ts';

/** Killed, be it by the engine once a stop had lasted too long, by a user, or for its memory. */
const KILLED = 137;

/**
 * Tells a server that somebody stopped from one that was killed: what does not end when it is asked to,
 * the engine kills in the end, with the same exit code. Only the engine's events tell the two apart,
 * and it forgets them, so what they said once is remembered.
 */
export class StopWitness {
  readonly #stopped = new Set<string>();

  /** @returns the observation, with the server as stopped where that is how it ended */
  async judge<Seen extends Extract<Observation, { kind: 'exited' }>>(
    observation: Seen,
    engine: Engine,
    server: InspectedContainer | undefined,
    signal?: AbortSignal,
  ): Promise<Seen> {
    if (!server || observation.stopped || server.State.ExitCode !== KILLED) return observation;
    if (server.State.OOMKilled || server.State.Status !== 'exited') return observation;
    return (await this.#wasStopped(engine, server, signal))
      ? { ...observation, stopped: true }
      : observation;
  }

  async #wasStopped(
    engine: Engine,
    { Id, State }: InspectedContainer,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { FinishedAt = '' } = State;
    const end = `${Id}@${FinishedAt}`;
    if (this.#stopped.has(end)) return true;
    const args = stopEventsArgs(Id, Date.parse(FinishedAt), Date.now());
    const { exitCode, stdout } = await engine.run(args, signal);
    if (exitCode !== 0 || stdout.trim() === '') return false;
    this.#stopped.add(end);
    return true;
  }
}
