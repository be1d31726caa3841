import { isIP } from 'node:net';
import { parseServerName, urlHost } from '../project/domain.ts';
import type { CheckedName, ComposePlan } from './compose-plan.ts';

/**
 * The name a health check verifies the certificate by. Pure.
 *
 * @param domain CHROMA_DOMAIN as it is now
 * @param certificateNames the names in the certificate
 */
export function chooseCheckedName(
  domain: string,
  certificateNames: readonly string[],
  tls: ComposePlan['tls'],
): CheckedName {
  // Python makes a name of a wildcard itself, and accepts an address.
  if (tls === 'uvicorn') return { kind: 'domain' };
  const name = parseServerName(domain);
  // A wildcard cannot be asked for; any single label in its place can.
  if (name.kind === 'dns') {
    return name.wildcard ? { kind: 'fixed', name: urlHost(name) } : { kind: 'domain' };
  }
  if (tls === 'envoy') return { kind: 'fixed', name: name.value };
  const other = certificateNames.find((known) => isIP(known) === 0);
  if (other === undefined) return { kind: 'none' };
  return { kind: 'fixed', name: urlHost(parseServerName(other)) };
}
