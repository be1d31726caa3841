import { isIP } from 'node:net';

/** The one way to write an address: RFC 5952, which is what URLs use. */
export function canonicalAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  return new URL(`http://[${address.replace(/%.*$/s, '')}]/`).hostname.slice(1, -1);
}
