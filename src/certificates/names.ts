import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { canonicalAddress, type ServerName } from '../project/domain.ts';

/** A certificate's subject alternative names. */
export interface ReadNames {
  /** What its servers can be called, in lower case, addresses in canonical form. */
  readonly servers: readonly string[];
  /** URIs and e-mail addresses, by which no client verifies a server. */
  readonly others: readonly string[];
}

/** The names in a certificate; of types that this project never makes, none. */
export function readNames(certificate: X509Certificate): ReadNames {
  // Node.js quotes and escapes what has a comma or a quote in it. Every entry is read, of whatever
  // type, so that no part of one can pass for another.
  const matches = (certificate.subjectAltName ?? '').matchAll(
    /(?:^|, )([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)/gy,
  );
  const entries = Array.from(matches, ([, kind, value = '']) => ({ kind, value }));
  return {
    servers: entries.flatMap(({ kind, value }) => {
      if (kind === 'DNS') return [value.toLowerCase()];
      return kind === 'IP Address' ? [canonicalAddress(value)] : [];
    }),
    others: entries.flatMap(({ kind, value }) =>
      kind === 'URI' || kind === 'email' ? [unquote(value)] : [],
    ),
  };
}

/** RFC 6125 section 6.4; a wildcard stands for one label, and clients want two labels after it. */
export function coversName({ servers }: ReadNames, { value }: ServerName): boolean {
  if (servers.includes(value)) return true;
  const [, parent] = /^[^.*]+\.([^.]+\..+)$/.exec(value) ?? [];
  return parent !== undefined && isIP(value) === 0 && servers.includes(`*.${parent}`);
}

/** A value as it stands in the certificate; what Node.js quotes is JSON. */
function unquote(value: string): string {
  return value.startsWith('"') ? String(JSON.parse(value)) : value;
}
