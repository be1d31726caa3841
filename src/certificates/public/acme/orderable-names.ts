import { parseServerName, type ServerName } from '../../../project/domain.ts';
import { ExplainedError } from '../../../system/errors.ts';
import type { Challenge } from '../certificate-source.ts';
import { explainPrivate } from '../private-name.ts';
import { isAwsEndpoint } from './aws-endpoint.ts';
import { findKnownDirectory } from './known-directories.ts';

/** What the well-known authorities take in one order. */
const MOST_NAMES = 100;

/**
 * The names of an order, each once. What no authority would sign is refused before anything is spent.
 *
 * @throws ExplainedError `invalid-name`, `acme-name-refused`, `acme-challenge-unfit`
 */
export function readOrderableNames(
  names: readonly string[],
  challenge: Challenge['type'],
  directory: string,
): readonly ServerName[] {
  const parsed = [
    ...new Map(names.map(parseServerName).map((name) => [name.value, name])).values(),
  ];
  const isPublic = findKnownDirectory(directory) !== undefined || isAwsEndpoint(directory);

  for (const name of parsed) {
    const why = isPublic ? explainPrivate(name) : undefined;
    if (why !== undefined) throw refuseName(name, why);
    refuseUnfit(name, challenge);
  }
  if (parsed.length > 0 && parsed.length <= MOST_NAMES) return parsed;
  throw new ExplainedError({
    code: 'acme-name-refused',
    what: `A certificate can be requested for 1 to ${MOST_NAMES} names, not for ${parsed.length}.`,
    next: 'Set CHROMA_DOMAIN to the public name of this server.',
    action: 'setDomain',
  });
}

/** RFC 8555 section 8.4 for wildcards, RFC 8738 section 7 for addresses. */
function refuseUnfit(name: ServerName, challenge: Challenge['type']): void {
  const isDns = challenge === 'dns-01';
  if (name.kind === 'ip' && isDns) {
    throw new ExplainedError({
      code: 'acme-challenge-unfit',
      what: `The address ${name.display} cannot be proved by dns-01.`,
      why: 'An address has no DNS record of its own.',
      next: 'Use http-01 or tls-alpn-01.',
    });
  }
  if (name.kind === 'dns' && name.wildcard && !isDns) {
    throw new ExplainedError({
      code: 'acme-challenge-unfit',
      what: `The wildcard ${name.display} cannot be proved by ${challenge.replace('-webroot', '')}.`,
      why: 'Only the DNS of a domain proves a wildcard.',
      next: 'Use dns-01.',
    });
  }
}

function refuseName({ display }: ServerName, why: string): ExplainedError {
  return new ExplainedError({
    code: 'acme-name-refused',
    what: `No public authority signs ${display}.`,
    why,
    next: 'Set CHROMA_DOMAIN to the public name of this server, or generate a certificate here.',
    action: 'setDomain',
  });
}
