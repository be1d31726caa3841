import type { Server } from 'node:net';
import { ExplainedError, systemCode, type Problem } from '../../../../system/errors.ts';
import { findPortHolder } from '../../../../system/network/port-holder.ts';
import { readBindFailure } from '../../../../system/network/port.ts';

/** Who asks from outside, and how a user names another port. */
export interface PublicPort {
  readonly port: number;
  /** The port that the ACME server asks. */
  readonly publicPort: 80 | 443;
  /** The option of the CLI. */
  readonly option: '--http-port' | '--tls-port';
}

/**
 * Listens on a port of all addresses, IPv6 and IPv4, for an ACME server to reach.
 *
 * @throws ExplainedError `challenge-port-taken`, `challenge-port-forbidden`
 */
export async function openPort(server: Server, wanted: PublicPort): Promise<void> {
  try {
    // One socket for both families.
    await listen(server, '::', wanted.port);
  } catch (error) {
    // A system without IPv6.
    if (readBindFailure(systemCode(error)) !== 'no-such-address')
      throw await explain(error, wanted);
    await listen(server, '0.0.0.0', wanted.port).catch(async (failure: unknown) => {
      throw await explain(failure, wanted);
    });
  }
  server.on('error', () => undefined);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function explain(error: unknown, wanted: PublicPort): Promise<unknown> {
  const { port, publicPort, option } = wanted;
  switch (readBindFailure(systemCode(error))) {
    case 'taken': {
      const holder = await findPortHolder(port);
      return new ExplainedError(explainTaken(wanted, holder), error);
    }
    case 'forbidden':
      return new ExplainedError(
        {
          code: 'challenge-port-forbidden',
          what: `Only root may use port ${port}, where the ACME server asks.`,
          why: 'The system keeps the low ports for root.',
          next: `Choose a port from 1024 on to which port ${publicPort} is forwarded.`,
          inTerminal: `Run this one command as root, or choose a port from 1024 on with ${option} to which port ${publicPort} is forwarded.`,
        },
        error,
      );
    default:
      return error;
  }
}

/** What to say of a port that another program has. Pure. */
function explainTaken(
  { port, publicPort, option }: PublicPort,
  holder: string | undefined,
): Problem {
  const instead =
    publicPort === 80
      ? 'or, if it is a web server, name the folder that it serves with --webroot'
      : 'or prove the name another way with --challenge';
  return {
    code: 'challenge-port-taken',
    what: `Port ${port} is taken, so the ACME server cannot be answered there.`,
    why: holder === undefined ? 'Another program listens on it.' : `It is held by ${holder}.`,
    next: `Stop that program for a moment, choose another port to which port ${publicPort} is forwarded, or prove the name another way.`,
    inTerminal: `Stop that program for a moment, choose another port with ${option} to which port ${publicPort} is forwarded, ${instead}.`,
  };
}
