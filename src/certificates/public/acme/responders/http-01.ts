import { createServer, type Server } from 'node:http';
import { ExplainedError, systemCode } from '../../../../system/errors.ts';
import { findPortHolder } from '../../../../system/network/port-holder.ts';
import { readBindFailure } from '../../../../system/network/port.ts';
import type { Proof, Responder } from '../responder.ts';

/** Where an ACME server looks (RFC 8555, section 8.3). */
const WELL_KNOWN = '/.well-known/acme-challenge/';

/**
 * Answers http-01 by a listener of our own, on every address of this machine.
 *
 * @param port what reaches port 80 from outside has to reach it
 */
export function listenForHttp(port: number): Responder {
  let server: Server | undefined;
  return {
    type: 'http-01',
    present: async (proofs, signal) => {
      signal.throwIfAborted();
      server = await listen(port, proofs);
    },
    cleanUp: () =>
      new Promise((resolve) => {
        if (server === undefined) {
          resolve();
          return;
        }
        server.close(() => {
          resolve();
        });
        // The authority's connections may stay open for long.
        server.closeAllConnections();
        server = undefined;
      }),
  };
}

function listen(port: number, proofs: readonly Proof[]): Promise<Server> {
  const answers = new Map(
    proofs.map(({ token, keyAuthorization }) => [WELL_KNOWN + token, keyAuthorization]),
  );
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? '');
    response.writeHead(answer === undefined ? 404 : 200, {
      'content-type': 'application/octet-stream',
    });
    response.end(answer);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      void explainPort(port, error).then(reject, reject);
    });
    // Without a host it hears IPv6 and IPv4.
    server.listen(port, () => {
      resolve(server);
    });
  });
}

async function explainPort(port: number, error: unknown): Promise<unknown> {
  const state = readBindFailure(systemCode(error));
  if (state === undefined) return error;
  const cure =
    'Or name another port with --http-port that port 80 is forwarded to, or use --webroot with the web server that runs.';
  if (state === 'taken') {
    const holder = await findPortHolder(port);
    return new ExplainedError({
      code: 'challenge-port-taken',
      what: `Port ${port} is taken, so the authority cannot ask us there.`,
      why: holder === undefined ? 'Another program listens on it.' : `It is held by ${holder}.`,
      next: `Stop it for the moment, then try again. ${cure}`,
    });
  }
  return new ExplainedError({
    code: 'challenge-port-forbidden',
    what: `Port ${port} is for root alone, so the authority cannot ask us there.`,
    why: 'The system keeps the low ports from everybody else.',
    next: `Run this one command as root. ${cure}`,
  });
}
