import { createServer } from 'node:net';
import { ExplainedError, systemCode } from '../system/errors.ts';
import { findHolder } from './port-holder.ts';

/**
 * What became of binding a TCP port. `forbidden`: the system lets only root have it;
 * `no-such-address`: no interface of this machine has the address.
 */
export type PortState = 'free' | 'taken' | 'forbidden' | 'no-such-address';

/** What binding a TCP port on an address comes to right now. */
export async function probePort(address: string, port: number): Promise<PortState> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const state = readBindFailure(systemCode(error));
      if (state === undefined) reject(error);
      else resolve(state);
    });
    probe.listen({ host: address, port, exclusive: true }, () => {
      probe.close(() => {
        resolve('free');
      });
    });
  });
}

/**
 * What an error of `bind` says of the port; undefined where it says something else. Pure.
 *
 * @param platform Windows has no port for root alone: there EACCES means that somebody holds it,
 *   or that it lies in a reserved range (`netsh interface ipv4 show excludedportrange tcp`)
 */
export function readBindFailure(
  code: string | undefined,
  platform: NodeJS.Platform = process.platform,
): Exclude<PortState, 'free'> | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return 'taken';
    case 'EACCES':
      return platform === 'win32' ? 'taken' : 'forbidden';
    // The second is what a system without IPv6 says of such an address.
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return 'no-such-address';
    default:
      return undefined;
  }
}

/** @throws ExplainedError `port-taken`, `privileged-port`, `no-such-address` */
export async function requirePort(address: string, port: number): Promise<void> {
  const state = await probePort(address, port);
  if (state !== 'free') throw await explainPort(state, address, port);
}

/**
 * Why a port cannot be bound, and what to do.
 *
 * @param holder who is known to hold a taken one; looked for when not given
 */
export async function explainPort(
  state: Exclude<PortState, 'free'>,
  address: string,
  port: number,
  holder?: string,
): Promise<ExplainedError> {
  switch (state) {
    case 'taken':
      return explainPortTaken(address, port, holder);
    case 'forbidden':
      return new ExplainedError({
        code: 'privileged-port',
        what: `Port ${port} is for root alone.`,
        why: 'The system keeps the low ports from everybody else.',
        next: 'Choose a port from 1024 on in chromaTls.port.',
        action: 'openSettings',
      });
    case 'no-such-address':
      return new ExplainedError({
        code: 'no-such-address',
        what: `This machine has no address ${address}.`,
        why: 'The setting chromaTls.bindAddress names it.',
        next: 'Set it to 127.0.0.1, or to an address that one of its interfaces has.',
        action: 'openSettings',
      });
  }
}

/** A port the system says is free at the moment, on the loopback address. */
export async function findAnyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: '127.0.0.1', port: 0 }, () => {
      const bound = probe.address();
      probe.close(() => {
        if (bound !== null && typeof bound === 'object') resolve(bound.port);
        else reject(new Error('The system gave no port.'));
      });
    });
  });
}

/**
 * The failure of a taken port: who holds it, and the next port that is free.
 *
 * @param holder who is known to hold it; looked for when not given
 */
export async function explainPortTaken(
  address: string,
  port: number,
  holder?: string,
): Promise<ExplainedError> {
  const who = holder ?? (await findHolder(port));
  const free = await findNextFree(address, port);
  return new ExplainedError({
    code: 'port-taken',
    what: `Port ${port} is taken.`,
    why: who === undefined ? 'Another program listens on it.' : `It is held by ${who}.`,
    next:
      free === undefined
        ? 'Choose another in the setting chromaTls.port.'
        : `Port ${free} is free: use it, or stop what holds ${port}.`,
    action: free === undefined ? 'openSettings' : { usePort: free },
  });
}

async function findNextFree(address: string, port: number): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + 50, 65_535); candidate += 1) {
    if ((await probePort(address, candidate)) === 'free') return candidate;
  }
  return undefined;
}
