import { ExplainedError } from '../system/errors.ts';
import { findPortHolder } from '../system/network/port-holder.ts';
import { findNextFree, probePort, type PortState } from '../system/network/port.ts';

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
        what: `Only root may use port ${port}.`,
        why: 'The system keeps the ports below 1024 for root.',
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
  const who = holder ?? (await findPortHolder(port));
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
