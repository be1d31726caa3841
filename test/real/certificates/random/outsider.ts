import { isIPv4 } from 'node:net';
import type { ServerName } from '../../../../src/project/domain.ts';

/**
 * Names close to those an authority may sign, none of them permitted: what is above a host name,
 * what only ends like it, and an address that differs in one bit.
 */
export function outsiders(permitted: readonly ServerName[]): readonly string[] {
  const bases = permitted.map(({ value }) => value.replace(/^\*\./, ''));
  const isPermitted = (name: string): boolean =>
    bases.some((base) => name === base || name.endsWith(`.${base}`));
  const hosts = permitted.flatMap(({ kind, value }) => {
    if (kind !== 'dns') return [];
    const base = value.replace(/^\*\./, '');
    return [`x${base}`, base.replace(/^[^.]*\./, ''), `${base}.test`];
  });
  const addresses = permitted.flatMap(({ kind, value }) => (kind === 'ip' ? [flipBit(value)] : []));
  return [...hosts, ...addresses, 'evil.test', '192.0.2.1', '2001:db8::bad'].filter(
    (name) => !isPermitted(name),
  );
}

function flipBit(address: string): string {
  if (isIPv4(address)) {
    return address.replace(/\d+$/, (last) => String(Number(last) ^ 1));
  }
  const { hostname } = new URL(`http://[${address}]`);
  const last = /[^:]*$/.exec(hostname.slice(1, -1))?.[0] ?? '';
  const flipped = (Number.parseInt(last || '0', 16) ^ 1).toString(16);
  return hostname.slice(1, -1 - last.length) + flipped;
}
