import type { X509Certificate } from 'node:crypto';
import { string } from 'valibot';
import type { ServerName } from '../../project/domain.ts';
import { canonicalAddress } from '../../system/network/ip-address.ts';
import { readJson } from '../../system/json.ts';

/** A certificate's subject alternative names. */
export interface ReadNames {
  /** What its servers can be called, in lower case, addresses in canonical form. */
  readonly servers: readonly string[];
  /** The same by kind: a client looks for an address among the addresses only. */
  readonly byKind: Readonly<Record<ServerName['kind'], readonly string[]>>;
  /** URIs and e-mail addresses, by which no client verifies a server. */
  readonly others: readonly string[];
}

/** The names in a certificate. Names of types that we never make are left out. */
export function readNames(certificate: X509Certificate): ReadNames {
  // Node.js quotes and escapes a value with a comma or a quote in it. Entries of every type are
  // read, so that no part of an entry is taken for another entry.
  const matches = (certificate.subjectAltName ?? '').matchAll(
    /(?:^|, )([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)/gy,
  );
  const entries = Array.from(matches, ([, kind, value = '']) => ({ kind, value }));
  const ofKind = (...kinds: readonly string[]): readonly string[] =>
    entries
      .filter(({ kind = '' }) => kinds.includes(kind))
      .map(({ kind, value }) => (kind === 'DNS' ? value.toLowerCase() : canonicalAddress(value)));
  return {
    servers: ofKind('DNS', 'IP Address'),
    byKind: { dns: ofKind('DNS'), ip: ofKind('IP Address') },
    others: entries.flatMap(({ kind, value }) =>
      kind === 'URI' || kind === 'email' ? [unquote(value)] : [],
    ),
  };
}

/**
 * RFC 9525 section 6: a name is matched by its own kind only. A wildcard stands for one label, and
 * clients want two labels after it.
 */
export function coversName(
  { byKind }: ReadNames,
  { kind, value }: Pick<ServerName, 'kind' | 'value'>,
): boolean {
  if (byKind[kind].includes(value)) return true;
  if (kind === 'ip') return false;
  const [, parent] = /^[^.*]+\.([^.]+\..+)$/.exec(value) ?? [];
  return parent !== undefined && byKind.dns.includes(`*.${parent}`);
}

/** A value as it stands in the certificate; what Node.js quotes is JSON. */
function unquote(value: string): string {
  return value.startsWith('"') ? (readJson(string(), value) ?? value) : value;
}
