import { createHash } from 'node:crypto';
import type { DnsRecord, Proof } from '../responder.ts';

/**
 * The TXT record that proves a name by dns-01 (RFC 8555 section 8.4). A domain and its wildcard have
 * the same name, and each a value of its own. Pure.
 */
export function challengeRecord({ name, keyAuthorization }: Proof): DnsRecord {
  return {
    name: `_acme-challenge.${name}`,
    value: createHash('sha256').update(keyAuthorization).digest('base64url'),
  };
}

/** The values that each name is to have. Pure. */
export function groupByName(
  records: readonly DnsRecord[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const { name, value } of records) {
    names.set(name, (names.get(name) ?? new Set()).add(value));
  }
  return names;
}
