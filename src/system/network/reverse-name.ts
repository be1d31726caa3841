import { isIP } from 'node:net';

/**
 * The name below which the DNS keeps what belongs to an address: `1.2.0.192.in-addr.arpa`
 * (RFC 1035 section 3.5), or one label for each hexadecimal digit below `ip6.arpa` (RFC 3596
 * section 2.5). Pure.
 *
 * @param address an IPv4 or IPv6 address in any way of writing
 */
export function reverseName(address: string): string {
  if (isIP(address) === 4) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const digits = expandGroups(address).join('');
  return `${Array.from(digits).reverse().join('.')}.ip6.arpa`;
}

/** The eight groups of an IPv6 address, each of four hexadecimal digits. */
function expandGroups(address: string): readonly string[] {
  const { hostname } = new URL(`http://[${address}]/`);
  const [before = '', after] = hostname.slice(1, -1).split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [start, end] = [groupsOf(before), groupsOf(after ?? '')];
  const missing = after === undefined ? 0 : 8 - start.length - end.length;
  return [...start, ...Array<string>(missing).fill('0'), ...end].map((group) =>
    group.padStart(4, '0'),
  );
}
