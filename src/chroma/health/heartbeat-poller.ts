import { setTimeout as pause } from 'node:timers/promises';
import { isCancellation } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import type { HeartbeatClient, Probe } from './heartbeat-client.ts';
import { FIRST_RETRY, LAST_RETRY } from './heartbeat-times.ts';

interface Opened {
  readonly server: { readonly id: string };
  readonly pulse: HeartbeatClient;
}

export interface HeartbeatPollerOptions {
  /** Opens the connection a server's heartbeat is heard on; none when it cannot be. */
  readonly open: () => Promise<Opened | undefined>;
  /** Milliseconds between two heartbeats that are well. */
  readonly interval: number;
  readonly onProbe: (serverId: string, probe: Probe) => void;
}

/** Listens for a heartbeat again and again, the whole time a server runs; slower while it is down. */
export class HeartbeatPoller implements Disposable {
  readonly #options: HeartbeatPollerOptions;
  readonly #controller = new AbortController();

  constructor(options: HeartbeatPollerOptions) {
    this.#options = options;
    void this.#run(this.#controller.signal);
  }

  dispose(): void {
    this.#controller.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { open, interval, onProbe } = this.#options;
    let opened: Opened | undefined;
    let retry = FIRST_RETRY;
    try {
      while (!signal.aborted) {
        // What could not be opened may be by now: a file is back, say.
        opened ??= await open();
        const probe = await opened?.pulse.beat(signal);
        if (opened && probe) onProbe(opened.server.id, probe);
        await pause(probe?.ok ? interval : retry, undefined, { signal });
        retry = probe?.ok ? FIRST_RETRY : Math.min(retry * 2, LAST_RETRY);
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    } finally {
      opened?.pulse.dispose();
    }
  }
}
