import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands for Chroma here: it does what a test tells it to, and says what it saw. */
export class Upstream {
  readonly #server: Server;
  answer: (incoming: IncomingMessage, response: ServerResponse) => void = () => undefined;

  constructor() {
    this.#server = createServer((incoming, response) => {
      this.answer(incoming, response);
    });
    this.#server.requestTimeout = 0;
  }

  async open(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
