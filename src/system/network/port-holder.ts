import { isIP } from 'node:net';
import { canonicalAddress } from './ip-address.ts';
import { run } from '../processes/program.ts';

/** A socket that listens, as a tool of the system lists it. */
interface Listener {
  /** An address; `*` for all of them. */
  readonly address: string;
  readonly program: string;
  readonly pid: string;
}

/**
 * The program that listens on a port, as far as the system's tools tell: they do not show another
 * user's programs.
 *
 * @param address only a program that listens on this address; any that holds the port if it is not
 *   given
 * @returns such as `nginx (process 12)`
 */
export async function findPortHolder(port: number, address?: string): Promise<string | undefined> {
  for (const [program, args, read] of [
    ['ss', ['-Hltnp', `sport = :${port}`], readSs],
    ['lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpcn'], readLsof],
  ] as const) {
    const listed = await run({ program, args }, { timeout: 3000 }).catch(() => undefined);
    const holder = listed && chooseHolder(read(listed.stdout), address);
    if (holder) return `${holder.program} (process ${holder.pid})`;
  }
  return undefined;
}

/** A program that listens on the address itself comes before one that listens on all. Pure. */
export function chooseHolder(
  listeners: readonly Listener[],
  address: string | undefined,
): Listener | undefined {
  if (address === undefined) return listeners[0];
  const any = isIP(address) === 6 ? ['*', '::'] : ['*', '0.0.0.0', '::'];
  return (
    listeners.find((listener) => canonicalAddress(listener.address) === address) ??
    listeners.find((listener) => any.includes(listener.address))
  );
}

/** Lines such as `LISTEN 0 511 [::1]:8000 [::]:* users:(("node",pid=12,fd=21))`. Pure. */
export function readSs(stdout: string): readonly Listener[] {
  return stdout.split('\n').flatMap((line) => {
    const [, , , local = ''] = line.split(/\s+/);
    const [, program, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(line) ?? [];
    return program && pid ? [{ address: addressOf(local), program, pid }] : [];
  });
}

/** Fields a line: `p12`, `cnode`, and for each socket `f21`, `n[::1]:8000`. Pure. */
export function readLsof(stdout: string): readonly Listener[] {
  const listeners: Listener[] = [];
  let [pid, program] = ['?', 'a program'];
  for (const line of stdout.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = value;
    else if (line.startsWith('c')) program = value;
    else if (line.startsWith('n')) listeners.push({ address: addressOf(value), program, pid });
  }
  return listeners;
}

function addressOf(local: string): string {
  return local.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
