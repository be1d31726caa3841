import { Resolver } from 'node:dns/promises';
import { systemCode } from '../../../../system/errors.ts';

/** Milliseconds; how long a name server is waited for, and how often it is asked. */
const PATIENCE = { timeout: 2500, tries: 2 };

/** Whom to ask about names. */
export interface NameServers {
  /** Whom this machine asks. */
  readonly own: Resolver;
  /** Who is asked in the place of each zone's own servers, where a user says so. */
  readonly instead: readonly string[] | undefined;
  /** Asks one server. @param server its address, `192.0.2.1` or `[2001:db8::1]:5353` */
  at(server: string): Resolver;
}

/**
 * The machine's name servers, or those that the user's own variable `CHROMA_TLS_DNS_SERVERS` lists
 * (addresses between commas, each with a port or without): for a network whose names are others
 * inside, and for tests.
 */
export function chooseNameServers(environment: NodeJS.ProcessEnv = process.env): NameServers {
  const listed = (environment['CHROMA_TLS_DNS_SERVERS'] ?? '')
    .split(',')
    .map((server) => server.trim())
    .filter((server) => server !== '');
  const instead = listed.length > 0 ? listed : undefined;
  const ask = (servers: readonly string[] | undefined): Resolver => {
    const resolver = new Resolver(PATIENCE);
    if (servers) resolver.setServers(servers);
    return resolver;
  };
  return {
    // A new one each time: newer versions of Node.js remember what there was not.
    get own() {
      return ask(instead);
    },
    instead,
    at: (server) => ask([server]),
  };
}

/**
 * What the DNS says: nothing where it says that there is nothing; undefined where it does not answer.
 */
export async function askDns<T>(
  question: Promise<readonly T[]>,
): Promise<readonly T[] | undefined> {
  try {
    return await question;
  } catch (error) {
    return ['ENODATA', 'ENOTFOUND'].includes(systemCode(error) ?? '') ? [] : undefined;
  }
}

/** A name and all that it lies below, the top-level domain last. Pure. */
export function climb(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.map((_, depth) => labels.slice(depth).join('.'));
}
