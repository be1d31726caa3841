import { askDns, climb, type NameServers } from './name-servers.ts';

/** What one server of a zone has at a name. */
export interface ServerAnswer {
  /** For a user to read, such as `ns1.example.com (192.0.2.1)`. */
  readonly server: string;
  /** The texts that it has; undefined where it does not answer. */
  readonly values: readonly string[] | undefined;
}

/** One alias may lead to another; a circle leads nowhere. */
const MOST_ALIASES = 8;

/**
 * The texts (TXT) that each server of a zone has at a name, or at the one that it is an alias of.
 * Where none of them is known, or none answers (a network may let nothing out but to its own name
 * server), this machine's own name server is asked.
 */
export async function askZone(name: string, dns: NameServers): Promise<readonly ServerAnswer[]> {
  const target = await followAliases(name, dns);
  const servers = dns.instead?.map((address) => ({ server: address, address })) ?? [];
  if (!dns.instead) servers.push(...(await findServers(target, dns)));
  const answers = await Promise.all(
    servers.map(async ({ server, address }) => ({
      server,
      values: await askTexts(dns.at(address).resolveTxt(target)),
    })),
  );
  if (dns.instead || answers.some(({ values }) => values)) return answers;
  return [
    {
      server: 'the name server of this machine',
      values: await askTexts(dns.own.resolveTxt(target)),
    },
  ];
}

/** A long text comes in pieces. */
async function askTexts(
  question: Promise<readonly (readonly string[])[]>,
): Promise<readonly string[] | undefined> {
  return (await askDns(question))?.map((pieces) => pieces.join(''));
}

async function followAliases(name: string, { own }: NameServers): Promise<string> {
  let target = name;
  for (let followed = 0; followed < MOST_ALIASES; followed += 1) {
    const [alias] = (await askDns(own.resolveCname(target))) ?? [];
    if (alias === undefined) return target;
    target = alias;
  }
  return target;
}

/** The servers of the zone that a name lies in, one for each of their addresses. */
async function findServers(
  name: string,
  { own }: NameServers,
): Promise<{ readonly server: string; readonly address: string }[]> {
  for (const zone of climb(name)) {
    const hosts = await askDns(own.resolveNs(zone));
    // Above a zone that does not answer is another's.
    if (!hosts) return [];
    if (hosts.length === 0) continue;
    const found = await Promise.all(
      hosts.map(async (host) => {
        const [v4, v6] = await Promise.all([
          askDns(own.resolve4(host)),
          askDns(own.resolve6(host)),
        ]);
        return [...(v4 ?? []), ...(v6 ?? []).map((address) => `[${address}]`)].map((address) => ({
          server: `${host} (${address})`,
          address,
        }));
      }),
    );
    return found.flat();
  }
  return [];
}
