import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { systemCode } from '../../system/errors.ts';
import { canonicalAddress } from '../../system/network/ip-address.ts';
import { findPortHolder } from '../../system/network/port-holder.ts';
import { TimeoutError, withTimeLimit } from '../../system/time-limit.ts';

/** The addresses to which a server's name leads clients on this machine. */
export interface NameLookup {
  /** The host of its URL: a name, or an IP address. */
  readonly host: string;
  readonly port: number;
  /** The address at which the server answers. */
  readonly published: string;
  readonly found: readonly FoundAddress[];
  /** Why the system's resolver knows no address: its own code, such as `ENOTFOUND`; `TIMEOUT`. */
  readonly failure?: string;
}

export interface FoundAddress {
  readonly address: string;
  /** Who says so. Browsers know `localhost` and all names below it by themselves. */
  readonly from: 'resolver' | 'browsers';
  /** The server, verified; nobody; a program that is not this server; or one that took too long. */
  readonly answer: 'nobody' | Verdict;
  /** The stranger, where the system says who it is: `nginx (process 12)`. */
  readonly holder?: string;
}

/** Who answers. `unknown`: nothing tells whether it is the server or another program. */
type Verdict = 'server' | 'stranger' | 'unknown';

/** Says whether the server, verified, is what answers at an address. */
export type Verify = (address: string, limit: AbortSignal) => Promise<Verdict>;

/** Failures of a resolver that may be over later. */
const TEMPORARY: ReadonlySet<string | undefined> = new Set(['TIMEOUT', 'EAI_AGAIN']);

/** Whether the resolver gave no answer at all: clients that wait longer may get one. Pure. */
export function isUndecided({ failure }: Pick<NameLookup, 'failure'>): boolean {
  return TEMPORARY.has(failure);
}

/** Milliseconds; how long the resolver may take, and each address to be tried. */
const RESOLVER_LIMIT = 2000;
const ADDRESS_LIMIT = 1500;

/** A public name can have many addresses; clients try the first ones. */
const MOST_ADDRESSES = 6;

/**
 * Looks a name up as the clients of this machine do, and sees who answers at each address it has.
 *
 * @param published the address at which the server has just been verified
 * @throws AbortError when the signal fires
 */
export async function lookUpName(
  {
    host,
    port,
    published,
  }: { readonly host: string; readonly port: number; readonly published: string },
  verify: Verify,
  signal?: AbortSignal,
): Promise<NameLookup> {
  const resolved = await lookUpAddresses(host, signal);
  const found = [
    ...resolved.addresses.map((address) => ({ address, from: 'resolver' }) as const),
    ...browserAddresses(host)
      .filter((address) => !resolved.addresses.includes(address))
      .map((address) => ({ address, from: 'browsers' }) as const),
  ];
  return {
    host,
    port,
    published,
    found: await Promise.all(
      found.slice(0, MOST_ADDRESSES).map(async (one) => ({
        ...one,
        ...(canonicalAddress(published) === one.address
          ? ({ answer: 'server' } as const)
          : await seeWhoAnswers(one.address, port, verify, signal)),
      })),
    ),
    ...(resolved.failure === undefined ? {} : { failure: resolved.failure }),
  };
}

/**
 * What the system's resolver says, from its hosts file, name servers or other sources.
 *
 * @throws AbortError when the signal fires
 */
export async function lookUpAddresses(
  host: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly addresses: readonly string[]; readonly failure?: string }> {
  if (isIP(host)) return { addresses: [canonicalAddress(host)] };
  try {
    const answers = await withTimeLimit(RESOLVER_LIMIT, signal, () => lookup(host, { all: true }));
    const addresses = answers.map(({ address }) => canonicalAddress(address));
    return { addresses: [...new Set(addresses)] };
  } catch (error) {
    signal?.throwIfAborted();
    const failure = error instanceof TimeoutError ? 'TIMEOUT' : systemCode(error);
    return { addresses: [], failure: failure ?? 'UNKNOWN' };
  }
}

/** Browsers ask no resolver for these (draft-ietf-dnsop-let-localhost-be-localhost). */
function browserAddresses(host: string): readonly string[] {
  return host === 'localhost' || host.endsWith('.localhost') ? ['::1', '127.0.0.1'] : [];
}

async function seeWhoAnswers(
  address: string,
  port: number,
  verify: Verify,
  signal: AbortSignal | undefined,
): Promise<Pick<FoundAddress, 'answer' | 'holder'>> {
  const tryIt = <T>(work: (limit: AbortSignal) => Promise<T>, otherwise: T): Promise<T> =>
    withTimeLimit(ADDRESS_LIMIT, signal, work).catch(() => {
      signal?.throwIfAborted();
      return otherwise;
    });
  const isOpen = await tryIt((limit) => isListening(address, port, limit), false);
  if (!isOpen) return { answer: 'nobody' };
  // A slow server is still the server: the user must not be told to end it.
  const answer = await tryIt<Verdict>((limit) => verify(address, limit), 'unknown');
  if (answer !== 'stranger') return { answer };
  const holder = await findPortHolder(port, address);
  return { answer, ...(holder === undefined ? {} : { holder }) };
}

function isListening(address: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
