import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { canonicalAddress, type ServerName } from '../project/domain.ts';

/** The names a certificate is good for, in lower case, addresses in canonical form. */
export function readNames(certificate: X509Certificate): readonly string[] {
  // Node.js quotes and escapes what has a comma or a quote in it. Every entry is read, of whatever
  // type, so that no part of one can pass for another.
  const entries = (certificate.subjectAltName ?? '').matchAll(
    /(?:^|, )([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)/gy,
  );
  return [...entries].flatMap(([, kind, value = '']) => {
    if (kind === 'DNS') return [value.toLowerCase()];
    return kind === 'IP Address' ? [canonicalAddress(value)] : [];
  });
}

/** RFC 6125 section 6.4; a wildcard stands for one label, and clients want two labels after it. */
export function coversName(names: readonly string[], { value }: ServerName): boolean {
  if (names.includes(value)) return true;
  const [, parent] = /^[^.*]+\.([^.]+\..+)$/.exec(value) ?? [];
  return parent !== undefined && isIP(value) === 0 && names.includes(`*.${parent}`);
}
