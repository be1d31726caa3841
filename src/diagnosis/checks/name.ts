import { networkInterfaces } from 'node:os';
import { isLoopback } from '../../chroma/exposure.ts';
import { lookUpAddresses, type NameLookup } from '../../chroma/health/name-lookup.ts';
import { findLookupProblems } from '../../chroma/health/name-problems.ts';
import { problemsOf } from '../../chroma/status/certificate-problems.ts';
import type { Snapshot } from '../../chroma/status/snapshot.ts';
import { explainInvalidName, parseServerName, urlHost } from '../../project/domain.ts';
import { connectAddress } from '../../project/endpoint.ts';
import { canonicalAddress } from '../../system/network/ip-address.ts';
import { judge, skipped, type Check, type Subject } from '../check.ts';

/** The name that clients call: valid, and leading to this machine. */
export const NAME: Check = {
  id: 'name',
  after: [],
  look: async (subject) => {
    const snapshot = await subject.heard;
    const { domain, observation } = snapshot;
    const invalid = explainInvalidName(domain);
    if (invalid !== undefined) {
      const known = problemsOf(snapshot.certificate, subject.now()).filter(isOfName);
      const unknown = {
        code: 'invalid-name',
        what: `CHROMA_DOMAIN cannot be ${domain}.`,
        why: invalid,
      };
      return judge(known.length > 0 ? known : [unknown], '');
    }
    if (observation.kind === 'running' && observation.server.runtime === 'external') {
      return skipped(
        'Someone else runs the server: the handshake says whether its name leads there.',
      );
    }
    const lookup = await findLookup(subject, snapshot);
    const found = [...new Set(lookup.found.map(({ address }) => address))].join(', ');
    return judge(findLookupProblems(lookup), `${lookup.host} is ${found || 'not decided yet'}`);
  },
};

/** Whether a problem of the certificate is one of the name's. */
export function isOfName({ code }: { readonly code: string }): boolean {
  return code === 'invalid-name';
}

/** What a heartbeat saw; without one, the addresses of this machine count as the server's. */
async function findLookup(
  { settings, signal }: Subject,
  { domain, probe, observation }: Snapshot,
): Promise<NameLookup> {
  if (probe?.ok && probe.lookup) return probe.lookup;
  const name = parseServerName(domain);
  const server = observation.kind === 'running' ? observation.server : settings;
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses.map(({ address }) => canonicalAddress(address)),
    ),
  );
  const host = name.kind === 'ip' ? name.value : urlHost(name);
  const { addresses, failure } = await lookUpAddresses(host, signal);
  return {
    host,
    port: server.port,
    published: connectAddress(server.bindAddress),
    found: addresses.map((address) => ({
      address,
      from: 'resolver',
      answer: isLoopback(address) || own.has(address) ? 'unknown' : 'nobody',
    })),
    ...(failure === undefined ? {} : { failure }),
  };
}
