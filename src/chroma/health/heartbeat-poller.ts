import { setTimeout as pause } from 'node:timers/promises';
import { isCancellation } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import type { Probe } from './probe.ts';
import { FIRST_RETRY, LAST_RETRY } from './heartbeat-times.ts';
import type { ServerHeartbeat } from './server-heartbeat.ts';

/** Asks for a heartbeat again and again, the whole time a server runs; slower while it is down. */
export class HeartbeatPoller implements Disposable {
  readonly #heartbeat: ServerHeartbeat;
  readonly #interval: number;
  readonly #onProbe: (probe: Probe) => void;
  readonly #controller = new AbortController();

  /**
   * @param heartbeat is disposed of with the poller
   * @param interval milliseconds between two heartbeats that are well
   */
  constructor(heartbeat: ServerHeartbeat, interval: number, onProbe: (probe: Probe) => void) {
    this.#heartbeat = heartbeat;
    this.#interval = interval;
    this.#onProbe = onProbe;
    void this.#run(this.#controller.signal);
  }

  dispose(): void {
    this.#controller.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let retry = FIRST_RETRY;
    try {
      while (!signal.aborted) {
        const probe = await this.#heartbeat.beat(signal);
        this.#onProbe(probe);
        await pause(probe.ok ? this.#interval : retry, undefined, { signal });
        retry = probe.ok ? FIRST_RETRY : Math.min(retry * 2, LAST_RETRY);
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    } finally {
      this.#heartbeat.dispose();
    }
  }
}
