import type { Disposable } from '../events.ts';
import type { Heartbeat, Probe } from './heartbeat.ts';

export interface PulseOptions {
  /** Opens the connection a server's heartbeat is heard on; none when it cannot be. */
  readonly open: () => Promise<
    { readonly server: { readonly id: string }; readonly pulse: Heartbeat } | undefined
  >;
  /** Milliseconds between two heartbeats that are well. */
  readonly interval: number;
  readonly onProbe: (serverId: string, probe: Probe) => void;
}

/** Milliseconds; how long to wait at first, and at most, after a heartbeat that failed. */
const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;

/** Listens for a heartbeat again and again, the whole time a server runs; slower while it is down. */
export class Pulse implements Disposable {
  readonly #options: PulseOptions;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: Heartbeat | undefined;

  constructor(options: PulseOptions) {
    this.#options = options;
    void this.#run();
  }

  dispose(): void {
    this.#controller.abort();
    clearTimeout(this.#timer);
    this.#heartbeat?.dispose();
  }

  async #run(): Promise<void> {
    const opened = await this.#options.open();
    if (!opened) return;
    this.#heartbeat = opened.pulse;
    let retry = FIRST_RETRY;
    const beat = async (): Promise<void> => {
      if (this.#controller.signal.aborted) return;
      const probe = await opened.pulse.beat(this.#controller.signal);
      if (this.#ended()) return;
      this.#options.onProbe(opened.server.id, probe);
      const wait = probe.ok ? this.#options.interval : retry;
      retry = probe.ok ? FIRST_RETRY : Math.min(retry * 2, LAST_RETRY);
      this.#timer = setTimeout(() => void beat(), wait);
    };
    await beat();
  }

  #ended(): boolean {
    return this.#controller.signal.aborted;
  }
}
