import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { until } from '../harness/until.ts';

/** A way to a port of this machine that lets through so much a second, and counts it. */
export class SlowLink {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #bytes = 0;
  #clients = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.address = `127.0.0.1:${port}`;
  }

  /** @param bytesPerSecond of each connection */
  static async to(port: number, bytesPerSecond: number): Promise<SlowLink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    const link = new SlowLink(server, typeof bound === 'object' && bound ? bound.port : 0);
    server.on('connection', (client) => {
      link.#join(client, connect(port, '127.0.0.1'), bytesPerSecond);
    });
    return link;
  }

  /** How much has come through from the other side. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a client is connected. */
  get isInUse(): boolean {
    return this.#clients > 0;
  }

  /** Resolves when so much has come through. */
  async until(bytes: number): Promise<void> {
    await until(`${bytes} bytes have come through`, () => this.#bytes >= bytes);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #join(client: Socket, upstream: Socket, bytesPerSecond: number): void {
    const count = (bytes: number): void => {
      this.#bytes += bytes;
    };
    const slow = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        count(chunk.length);
        setTimeout(
          () => {
            done(undefined, chunk);
          },
          (chunk.length / bytesPerSecond) * 1000,
        );
      },
    });
    for (const socket of [client, upstream]) {
      this.#open.add(socket);
      socket.on('error', () => undefined);
    }
    // What has come from the other side is still on its way when that side has ended.
    this.#clients += 1;
    client.once('close', () => {
      this.#clients -= 1;
      upstream.destroy();
      slow.destroy();
    });
    client.pipe(upstream);
    upstream.pipe(slow).pipe(client);
  }
}
