import { createServer } from 'node:net';
import { systemCode } from '../errors.ts';

/**
 * What became of binding a TCP port. `forbidden`: the system lets only root have it;
 * `no-such-address`: no interface of this machine has the address.
 */
export type PortState = 'free' | 'taken' | 'forbidden' | 'no-such-address';

/** What would happen now if a program bound a TCP port. */
export async function probePort(address: string, port: number): Promise<PortState> {
  return bind(address, port).then(
    () => 'free' as const,
    (error: unknown) => {
      const state = readBindFailure(systemCode(error));
      if (state === undefined) throw error;
      return state;
    },
  );
}

/** A port of the loopback address that is free at the moment. */
export async function findAnyPort(): Promise<number> {
  return bind('127.0.0.1', 0);
}

/** The next free port after one, among the fifty that follow it. */
export async function findNextFree(address: string, port: number): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + 50, 65_535); candidate += 1) {
    if ((await probePort(address, candidate)) === 'free') return candidate;
  }
  return undefined;
}

/**
 * What an error of `bind` says of the port; undefined where it says something else. Pure.
 *
 * @param platform Windows keeps no port for root: EACCES there means that a program holds it, or
 *   that it lies in a reserved range (`netsh interface ipv4 show excludedportrange tcp`)
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
    // EAFNOSUPPORT is what a system without IPv6 says of an IPv6 address.
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return 'no-such-address';
    default:
      return undefined;
  }
}

/** Binds a port for a moment, and says which it was. */
function bind(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host, port, exclusive: true }, () => {
      const bound = probe.address();
      probe.close(() => {
        if (bound !== null && typeof bound === 'object') resolve(bound.port);
        else reject(new Error('The system gave no port.'));
      });
    });
  });
}
