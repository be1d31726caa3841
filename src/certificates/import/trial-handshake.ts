import { checkServerIdentity, connect, createServer, type Server } from 'node:tls';
import type { PemFiles } from '../issue/issuer.ts';

/** Milliseconds; on one machine a handshake takes ten. */
const TIMEOUT = 5000;

/**
 * Serves a certificate on loopback and connects to it as a client that trusts only its `ca`: a real
 * verifier judges a chain best.
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
    // The client reports the same failure.
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
      // Set explicitly: NODE_TLS_REJECT_UNAUTHORIZED=0 in a user's shell would switch it off.
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
