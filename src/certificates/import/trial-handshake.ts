import { checkServerIdentity, connect, createServer, type Server } from 'node:tls';
import type { PemFiles } from '../issue/issuer.ts';

/** Milliseconds; on one machine a handshake takes ten. */
const TIMEOUT = 5000;

/**
 * Serves a certificate on loopback and connects to it as a client that trusts its `ca` and nothing else:
 * what is wrong with a chain, a verifier tells best.
 *
 * @param host the name or the address that the client asks for
 * @returns why the client refused it; undefined when it did not
 */
export async function tryHandshake(files: PemFiles, host: string): Promise<Error | undefined> {
  let server: Server | undefined;
  try {
    const listening = createServer({ key: files.key, cert: files.certificate }, (socket) => {
      socket.on('error', () => undefined);
      socket.end();
    });
    server = listening;
    // The client tells the same, in a user's words.
    listening.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(0, '127.0.0.1', resolve);
    });
    await shakeHands(listening, files.ca, host);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    server?.close();
  }
}

async function shakeHands(server: Server, ca: string, host: string): Promise<void> {
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca,
      // Said outright: NODE_TLS_REJECT_UNAUTHORIZED=0 in a user's shell would undo it.
      rejectUnauthorized: true,
      servername: '',
      checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    });
    socket.setTimeout(TIMEOUT, () => socket.destroy(new Error('The handshake took too long.')));
    socket.once('secureConnect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
