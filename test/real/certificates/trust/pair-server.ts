import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import type { Workspace } from '../../fixtures/cli.ts';

/** A plain HTTPS server with a workspace's certificate, and what it saw of those who came by. */
export class PairServer {
  /** A path that was asked for, or why a client broke off. */
  readonly seen: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', ({ url = '' }, response) => {
      this.seen.push(url);
      response.end('heard');
    });
    server.on('tlsClientError', ({ message }) => {
      this.seen.push(/unknown ca/i.test(message) ? 'unknown authority' : message);
    });
  }

  static async listen(workspace: Workspace): Promise<PairServer> {
    const server = createServer(await readPair(workspace));
    const pairServer = new PairServer(server);
    await new Promise<void>((listening) => {
      server.listen(workspace.port, '127.0.0.1', listening);
    });
    return pairServer;
  }

  /** Serves what now lies in the workspace. */
  async reload(workspace: Workspace): Promise<void> {
    this.#server.setSecureContext(await readPair(workspace));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function readPair(workspace: Workspace): Promise<{ cert: Buffer; key: Buffer }> {
  const [cert, key] = await Promise.all(
    ['servercert.pem', 'serverkey.pem'].map((name) =>
      readFile(join(workspace.folder, 'certs', name)),
    ),
  );
  if (!cert || !key) throw new Error('There is no pair.');
  return { cert, key };
}
