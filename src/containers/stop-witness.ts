import type { Engine } from './engine.ts';
import type { InspectedContainer } from './inspected-container.ts';

/** Killed: by the engine because a stop took too long, by a user, or for its memory. */
const KILLED = 137;

/**
 * Tells a container that a user stopped from one that was killed. The engine kills what does not end
 * when it is asked to, with the same exit code as any other kill. Only the engine's events tell the two
 * apart, and it forgets them, so what they said once is remembered here.
 */
export class StopWitness {
  readonly #stopped = new Set<string>();

  /** @returns what was seen of the container, as stopped where that is how it ended */
  async judge<Seen extends { readonly stopped?: true }>(
    seen: Seen,
    engine: Engine,
    container: InspectedContainer | undefined,
    signal?: AbortSignal,
  ): Promise<Seen> {
    if (!container || seen.stopped || container.State.ExitCode !== KILLED) return seen;
    if (container.State.OOMKilled || container.State.Status !== 'exited') return seen;
    return (await this.#wasStopped(engine, container, signal)) ? { ...seen, stopped: true } : seen;
  }

  async #wasStopped(
    engine: Engine,
    { Id, State: { FinishedAt = '' } }: InspectedContainer,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const end = `${Id}@${FinishedAt}`;
    if (this.#stopped.has(end)) return true;
    const args = stopEventsArgs(Id, Date.parse(FinishedAt), Date.now());
    const { exitCode, stdout } = await engine.run(args, signal);
    if (exitCode !== 0 || stdout.trim() === '') return false;
    this.#stopped.add(end);
    return true;
  }
}

/**
 * The stops of a container about the time it ended, as far as the engine remembers them. It answers
 * at once, because no time in the future is asked for.
 *
 * @param end milliseconds since the epoch
 * @param now the same
 */
function stopEventsArgs(id: string, end: number, now: number): readonly string[] {
  const until = Math.min(now, end + 10_000);
  return [
    ...['events', '--filter', `container=${id}`, '--filter', 'event=stop'],
    ...['--since', (end / 1000 - 1).toFixed(3), '--until', (until / 1000).toFixed(3)],
    ...['--format', '{{json .}}'],
  ];
}
