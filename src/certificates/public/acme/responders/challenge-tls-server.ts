import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls';
import type { Disposable } from '../../../../system/events.ts';
import type { ChallengeCertificate } from './challenge-certificate.ts';

/** The protocol that an ACME server offers, and nobody else does (RFC 8737 section 6.2). */
export const ACME_PROTOCOL = 'acme-tls/1';

/** Milliseconds; an ACME server says hello at once. */
const HANDSHAKE_LIMIT = 10_000;

/** Ends the handshakes of an ACME server, each with the certificate of the name that it asks for. */
export interface ChallengeTlsServer {
  /** It listens nowhere by itself. */
  readonly server: Server;
  add(certificate: ChallengeCertificate): Disposable;
}

export function createChallengeTlsServer(): ChallengeTlsServer {
  const contexts = new Map<string, SecureContext>();
  const server = createServer({
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_LIMIT,
    // A client that does not offer it, and only it, is refused.
    ALPNProtocols: [ACME_PROTOCOL],
    // Without a certificate for the name the handshake fails.
    SNICallback: (name, done) => {
      done(null, contexts.get(name.toLowerCase()));
    },
  });
  server.on('secureConnection', (socket) => {
    // The certificate was all there is to see.
    socket.on('error', () => undefined).end();
    socket.resume();
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return {
    server,
    add: ({ serverName, certificate, key }) => {
      const context = createSecureContext({ cert: certificate, key });
      contexts.set(serverName, context);
      return {
        dispose: () => {
          if (contexts.get(serverName) === context) contexts.delete(serverName);
        },
      };
    },
  };
}
