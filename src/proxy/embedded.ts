import { constants } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server } from 'node:tls';
import type { ChallengeCertificate } from '../certificates/public/acme/responders/challenge-certificate.ts';
import type { Disposable } from '../system/events.ts';
import { divertChallenges } from './challenge-diversion.ts';
import { CIPHER_SUITES, TLS_13_SUITES } from './cipher-suites.ts';
import { openGate, type GateRules } from './http-gate.ts';
import { NamesContext } from './names-context.ts';
import type { ServedFiles } from './served-files.ts';

export interface EmbeddedProxy {
  readonly server: Server;
  /** Serves other certificates from the next connection on; open ones go on. @throws for an unfit pair */
  reload(files: ServedFiles): void;
  /** Answers an ACME server's tls-alpn-01 challenge too; all other clients are served as usual. */
  prove(answer: ChallengeCertificate): Disposable;
  /** Ends listening and every connection. */
  close(): void;
}

export interface ProxyOptions extends ServedFiles {
  readonly address: string;
  readonly port: number;
  readonly upstreamPort: number;
  /** The passphrase of the key, now and after a reload; unused where the key has none. */
  readonly passphrase?: string | undefined;
  /** What each request has to be like; none: they are not looked into. */
  readonly rules?: GateRules | undefined;
}

/**
 * Ends TLS and pipes the bytes on to a plain port of this machine. It does not look into them, so
 * bodies of any size, streaming and long requests pass as they are. Only with rules it reads HTTP.
 *
 * @throws the listening error, `EADDRINUSE` among them
 */
export async function openProxy(options: ProxyOptions): Promise<EmbeddedProxy> {
  const open = new Set<Socket>();
  const common = {
    minVersion: 'TLSv1.2',
    ciphers: [...TLS_13_SUITES, ...CIPHER_SUITES].join(':'),
    // Node.js lets a client renegotiate over and over, which costs the server much.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }),
  } as const satisfies SecureContextOptions;
  const forHosts = new NamesContext(common);
  forHosts.reload(options);
  const server = createServer({
    ...common,
    cert: options.certificate,
    key: options.key,
    SNICallback: forHosts.choose,
    ALPNProtocols: ['http/1.1'],
    allowHalfOpen: true,
  });
  const pass = options.rules && openGate(options.rules, options.upstreamPort);
  server.on('secureConnection', (client) => {
    if (pass) {
      open.add(client);
      client.once('close', () => open.delete(client));
      pass(client);
      return;
    }
    const upstream = connect({
      host: '127.0.0.1',
      port: options.upstreamPort,
      allowHalfOpen: true,
    });
    open.add(client).add(upstream);
    const endBoth = (): void => {
      client.destroy();
      upstream.destroy();
      open.delete(client);
      open.delete(upstream);
    };
    // A dead upstream closes the client at once: a clear failure, never a hang.
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      // Its `close` follows.
      socket.on('error', () => undefined);
      socket.once('close', endBoth);
    }
    client.pipe(upstream).pipe(client);
  });
  // Go on where a client refuses our certificate.
  server.on('tlsClientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    // It stays for later errors: with too many files open, a client is refused and comes again.
    server.on('error', reject);
    server.listen({ host: options.address, port: options.port }, resolve);
  });
  return {
    server,
    prove: divertChallenges(server),
    reload: (files) => {
      server.setSecureContext({ ...common, cert: files.certificate, key: files.key });
      forHosts.reload(files);
    },
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
