import { createServer, type Server } from 'node:http';
import type { Proof, Responder } from '../responder.ts';
import { openPort } from './open-port.ts';

/** Where an ACME server asks (RFC 8555 section 8.3). */
const CHALLENGE_PATH = '/.well-known/acme-challenge/';

/** Milliseconds; who asks for one small text needs no longer. */
const REQUEST_LIMIT = 10_000;

/** Answers http-01 by a listener that is there just as long, and knows nothing but the answers. */
export class HttpListener implements Responder {
  readonly type = 'http-01';
  readonly #port: number;
  readonly #answers = new Map<string, string>();
  #server: Server | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws ExplainedError `challenge-port-taken`, `challenge-port-forbidden`; AbortError */
  async check(signal: AbortSignal): Promise<void> {
    await this.present([], signal);
    await this.cleanUp();
  }

  /** @throws ExplainedError `challenge-port-taken`, `challenge-port-forbidden`; AbortError */
  async present(proofs: readonly Proof[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (const { token, keyAuthorization } of proofs) {
      this.#answers.set(CHALLENGE_PATH + token, keyAuthorization);
    }
    if (this.#server) return;
    const server = this.#listener();
    await openPort(server, { port: this.#port, publicPort: 80, option: '--http-port' });
    this.#server = server;
  }

  cleanUp(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#answers.clear();
    if (!server) return Promise.resolve();
    return new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  }

  #listener(): Server {
    return createServer(
      {
        requestTimeout: REQUEST_LIMIT,
        headersTimeout: REQUEST_LIMIT,
        connectionsCheckingInterval: REQUEST_LIMIT,
      },
      ({ method, url }, response) => {
        const answer = ['GET', 'HEAD'].includes(method ?? '')
          ? this.#answers.get(url ?? '')
          : undefined;
        // A browser must not take it for a page.
        response.setHeader('content-type', 'application/octet-stream');
        response.setHeader('x-content-type-options', 'nosniff');
        response.setHeader('connection', 'close');
        response.writeHead(answer === undefined ? 404 : 200).end(answer);
      },
    );
  }
}
