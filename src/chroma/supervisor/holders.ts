import { createServer, type Socket } from 'node:net';
import type { ChallengeCertificate } from '../../certificates/public/acme/responders/challenge-certificate.ts';
import { readBoundedLines } from '../../system/bounded-lines.ts';
import type { Disposable } from '../../system/events.ts';
import { readJson } from '../../system/json.ts';
import { listenAlone } from './control-listen.ts';
import { SUPERVISOR_REQUEST, type Proving } from './control-socket.ts';
import type { ServerFacts } from '../server-facts.ts';

/** How long (ms) a held server waits for a window to come back: a reload takes a few seconds. */
const HOLD_GRACE = 20_000;

/** A supervisor's own end of its control socket. */
export interface Control {
  /** Tells every client, now and later, which server this is. */
  greet(server: ServerFacts): void;
  /** Closes it and all its connections. */
  close(): void;
}

/**
 * Listens for windows and the CLI: takes "stop", "hold" and "prove". A client hears nothing before
 * `greet` is called.
 *
 * @param held true: `stop` is also called some time after the last window that holds us has gone
 * @param prove answers an ACME server until it is disposed, which is when who asked for it has gone
 * @returns undefined where another supervisor listens there
 */
export async function openControl({
  path,
  held,
  stop,
  prove,
}: {
  readonly path: string;
  readonly held: boolean;
  readonly stop: () => void;
  readonly prove: (answer: ChallengeCertificate) => Disposable | undefined;
}): Promise<Control | undefined> {
  const open = new Set<Socket>();
  const holders = new Set<Socket>();
  let greeting: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const letGoLater = (): void => {
    if (held && holders.size === 0) timer = setTimeout(stop, HOLD_GRACE);
  };
  const control = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      open.delete(socket);
      if (holders.delete(socket)) letGoLater();
    });
    if (greeting !== undefined) socket.write(greeting);
    readBoundedLines(socket, (line) => {
      const request = readJson(SUPERVISOR_REQUEST, line);
      switch (request?.ask) {
        case 'stop':
          stop();
          return;
        case 'hold':
          holders.add(socket);
          clearTimeout(timer);
          return;
        case 'prove': {
          const answering = prove(request.answer);
          if (!answering) {
            socket.destroy();
            return;
          }
          socket.once('close', () => {
            answering.dispose();
          });
          const said: Proving = { proving: request.answer.serverName };
          socket.write(`${JSON.stringify(said)}\n`);
          return;
        }
        case undefined:
          // It is not a client of ours.
          socket.destroy();
      }
    });
  });
  if (!(await listenAlone(control, path))) return undefined;
  letGoLater();
  return {
    greet: (server) => {
      greeting = `${JSON.stringify({ server })}\n`;
      for (const socket of open) socket.write(greeting);
    },
    close: () => {
      // This removes the socket file too. Later, another supervisor's may be there.
      control.close();
      for (const socket of open) socket.destroy();
    },
  };
}
