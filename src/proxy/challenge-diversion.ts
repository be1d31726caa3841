import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import type { ChallengeCertificate } from '../certificates/public/acme/responders/challenge-certificate.ts';
import {
  ACME_PROTOCOL,
  createChallengeTlsServer,
} from '../certificates/public/acme/responders/challenge-tls-server.ts';
import type { Disposable } from '../system/events.ts';
import { readClientHello } from '../system/network/client-hello.ts';

/** Milliseconds that a client may take for its hello before the proxy itself waits for it. */
const PATIENCE = 5000;

type Accept = (socket: Socket) => void;

/**
 * Lets a TLS server that goes on serving answer an ACME server as well (tls-alpn-01, RFC 8737). It
 * looks at what clients say first only while there is a challenge. A client that asks for anything
 * but the challenge's protocol is served as usual.
 *
 * @returns adds what answers for one name, until that is disposed
 */
export function divertChallenges(server: Server): (answer: ChallengeCertificate) => Disposable {
  const challenges = createChallengeTlsServer();
  let pending = 0;
  let accept: readonly Accept[] = [];
  const acceptAfterHello: Accept = (socket) => {
    awaitHello(socket, (isChallenge) => {
      // A socket that is handed on is taken over within the call, with what was read of it.
      if (isChallenge) challenges.server.emit('connection', socket);
      else for (const listener of accept) listener.call(server, socket);
    });
  };
  return (answer) => {
    const added = challenges.add(answer);
    pending += 1;
    if (pending === 1) {
      accept = server.listeners('connection') as Accept[];
      server.removeAllListeners('connection').on('connection', acceptAfterHello);
    }
    let isDone = false;
    return {
      dispose: () => {
        if (isDone) return;
        isDone = true;
        added.dispose();
        pending -= 1;
        if (pending > 0) return;
        server.off('connection', acceptAfterHello);
        for (const listener of accept) server.on('connection', listener);
      },
    };
  };
}

/**
 * Reads what a client says first, and puts it back.
 *
 * @param decided whether it is an ACME server; not called for a client that leaves before
 */
function awaitHello(socket: Socket, decided: (isChallenge: boolean) => void): void {
  const chunks: Buffer[] = [];
  const decide = (isChallenge: boolean): void => {
    clearTimeout(timer);
    socket.off('data', take).off('end', leave).pause();
    if (chunks.length > 0) socket.unshift(Buffer.concat(chunks));
    decided(isChallenge);
  };
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    const hello = readClientHello(Buffer.concat(chunks));
    if (hello === 'incomplete') return;
    decide(hello?.protocols.length === 1 && hello.protocols[0] === ACME_PROTOCOL);
  };
  const leave = (): void => {
    socket.destroy();
  };
  const timer = setTimeout(decide, PATIENCE, false);
  socket.once('close', () => {
    clearTimeout(timer);
  });
  // Its `close` follows.
  socket.on('error', () => undefined);
  socket.on('data', take).once('end', leave);
}
