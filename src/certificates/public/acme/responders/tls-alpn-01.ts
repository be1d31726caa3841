import type { Disposable } from '../../../../system/events.ts';
import type { Proof, Responder } from '../responder.ts';
import { makeChallengeCertificate, type ChallengeCertificate } from './challenge-certificate.ts';
import { createChallengeTlsServer, type ChallengeTlsServer } from './challenge-tls-server.ts';
import { openPort } from './open-port.ts';

/**
 * Has the TLS proxy of this workspace answer, until what it gives is disposed; undefined where none is
 * on the port.
 *
 * @throws ExplainedError where it is on the port and does not take the challenge
 */
export type ProveByProxy = (
  port: number,
  answers: readonly ChallengeCertificate[],
  signal: AbortSignal,
) => Promise<Disposable | undefined>;

/**
 * Answers tls-alpn-01 (RFC 8737): through the TLS proxy of this workspace where that serves on the
 * port, so that the server goes on; else by a listener of its own.
 */
export class TlsAlpn implements Responder {
  readonly type = 'tls-alpn-01';
  readonly #port: number;
  readonly #proveByProxy: ProveByProxy;
  #server: ChallengeTlsServer | undefined;
  readonly #holds: Disposable[] = [];

  constructor(port: number, proveByProxy: ProveByProxy) {
    this.#port = port;
    this.#proveByProxy = proveByProxy;
  }

  /** @throws ExplainedError as `present` does; AbortError */
  async check(signal: AbortSignal): Promise<void> {
    await this.present([], signal);
    await this.cleanUp();
  }

  /** @throws ExplainedError `challenge-port-taken`, `challenge-port-forbidden`; as `ProveByProxy` does;
   *   AbortError */
  async present(proofs: readonly Proof[], signal: AbortSignal): Promise<void> {
    const answers: ChallengeCertificate[] = [];
    for (const proof of proofs) {
      signal.throwIfAborted();
      answers.push(await makeChallengeCertificate(proof));
    }
    const hold = await this.#proveByProxy(this.#port, answers, signal);
    if (hold) {
      this.#holds.push(hold);
      return;
    }
    if (!this.#server) {
      const server = createChallengeTlsServer();
      await openPort(server.server, {
        port: this.#port,
        publicPort: 443,
        option: '--tls-port',
      });
      this.#server = server;
    }
    for (const answer of answers) this.#server.add(answer);
  }

  cleanUp(): Promise<void> {
    for (const hold of this.#holds.splice(0)) hold.dispose();
    this.#server?.server.close();
    this.#server = undefined;
    return Promise.resolve();
  }
}
