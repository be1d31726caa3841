import { isIP } from 'node:net';
import type { ServerName } from '../../project/domain.ts';

/** RFC 6761, 6762, 7686, 8375 and 9476, and ICANN's `internal`: nobody can own a name below these. */
const RESERVED = [
  'alt',
  'example',
  'example.com',
  'example.net',
  'example.org',
  'home.arpa',
  'internal',
  'invalid',
  'local',
  'localhost',
  'onion',
  'test',
];

/** Why no public authority signs a name; undefined where it may. Pure. */
export function explainPrivate(name: ServerName): string | undefined {
  if (name.kind === 'ip') {
    return isPrivateAddress(name.value) ? 'It is an address of private networks.' : undefined;
  }
  const host = name.value.replace(/^\*\./, '');
  if (!host.includes('.')) return 'Only names below a public domain can be proved.';
  const reserved = RESERVED.find((domain) => isBelow(host, domain));
  return reserved === undefined ? undefined : `Names below ${reserved} belong to nobody.`;
}

function isBelow(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** RFC 1918, RFC 6598, RFC 3927, RFC 4193 and RFC 4291. */
export function isPrivateAddress(address: string): boolean {
  return isIP(address) === 4
    ? /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
        address,
      )
    : /^(f[cd]|fe[89ab]|::1?$)/.test(address);
}
