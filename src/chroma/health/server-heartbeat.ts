import { toProblem } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import type { ServerFacts } from '../server-facts.ts';
import type { HeartbeatClient } from './heartbeat-client.ts';
import type { Probe } from './probe.ts';

/** The heartbeat of one server, asked for by one name. */
export class ServerHeartbeat implements Disposable {
  readonly #open: () => Promise<HeartbeatClient>;
  #client: HeartbeatClient | undefined;

  /** @param findFolder resolves the certificates folder, which holds what is trusted */
  constructor(server: ServerFacts, domain: string, findFolder: () => Promise<string>) {
    this.#open = async () => {
      // Node.js takes a while to load its TLS: not before there is a server to ask.
      const { openHeartbeat } = await import('./heartbeat-target.ts');
      return openHeartbeat(server, domain, await findFolder());
    };
  }

  /**
   * One beat. Without a certificate to trust it fails; the next beat looks for one again.
   *
   * @throws AbortError when the signal fires
   */
  async beat(signal?: AbortSignal): Promise<Probe> {
    try {
      this.#client ??= await this.#open();
    } catch (error) {
      signal?.throwIfAborted();
      const { what, action = 'regenerateCertificate' } = toProblem(error);
      const failure = { code: 'no-trust-anchor', what, transient: false, action } as const;
      return { ok: false, at: Date.now(), failure, answeredBefore: true };
    }
    return this.#client.beat(signal);
  }

  dispose(): void {
    this.#client?.dispose();
  }
}
