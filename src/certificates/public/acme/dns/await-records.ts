import { setTimeout as pause } from 'node:timers/promises';
import { ExplainedError } from '../../../../system/errors.ts';
import { TimeoutError, withTimeLimit } from '../../../../system/time-limit.ts';
import type { DnsRecord } from '../responder.ts';
import { groupByName } from './challenge-record.ts';
import type { NameServers } from './name-servers.ts';
import { askZone, type ServerAnswer } from './zone-answers.ts';

/** Milliseconds between two looks: soon at first, as a program's record is there at once. */
const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Milliseconds for all servers of a zone, and for what leads to them. */
const LONGEST_LOOK = 60_000;

interface Waiting {
  readonly dns: NameServers;
  /** Milliseconds until it is given up. */
  readonly patience: number;
  /** Milliseconds after which it goes on without having seen anything, where no server ever answers. */
  readonly deafAfter?: number;
  /** Hears what is being waited for, whenever that changes. */
  readonly report: (step: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Waits until every server of the zone has the records: the ACME server may ask any of them, and more
 * than once. Servers that do not answer do not count.
 *
 * @throws ExplainedError `record-not-seen`; AbortError when the signal fires
 */
export async function awaitRecords(
  records: readonly DnsRecord[],
  { dns, patience, deafAfter = Infinity, report, signal }: Waiting,
): Promise<void> {
  const wanted = groupByName(records);
  const began = Date.now();
  let isDeaf = true;
  let reported = '';
  for (let wait = SHORTEST_PAUSE; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE)) {
    const lacks: Lack[] = [];
    for (const [name, values] of wanted) {
      const answers = await look(name, dns, signal);
      if (answers.some((answer) => answer.values)) isDeaf = false;
      lacks.push(...findLacks(name, values, answers));
    }
    const [lack] = lacks;
    if (!lack) return;
    const waited = Date.now() - began;
    if (isDeaf && waited >= deafAfter) {
      report('no name server answers here; the records were not checked');
      return;
    }
    if (waited >= patience) throw explain(lack);
    const step = `waiting for ${lack.name}: ${describeLack(lack)}`;
    if (step !== reported) report(step);
    reported = step;
    await pause(wait, undefined, { signal });
  }
}

/** A cancellation does not wait for servers that are slow. */
async function look(
  name: string,
  dns: NameServers,
  signal: AbortSignal,
): Promise<readonly ServerAnswer[]> {
  try {
    return await withTimeLimit(LONGEST_LOOK, signal, () => askZone(name, dns));
  } catch (error) {
    if (error instanceof TimeoutError) return [];
    throw error;
  }
}

/** What a server has not got; undefined values where none at all answered. */
interface Lack {
  readonly name: string;
  readonly server: string | undefined;
  readonly missing: readonly string[];
  readonly has: readonly string[];
}

/** What is still missing, server by server. Pure. */
export function findLacks(
  name: string,
  wanted: ReadonlySet<string>,
  answers: readonly ServerAnswer[],
): readonly Lack[] {
  const answered = answers.flatMap(({ server, values }) => (values ? [{ server, values }] : []));
  if (answered.length === 0) return [{ name, server: undefined, missing: [...wanted], has: [] }];
  return answered.flatMap(({ server, values }) => {
    const missing = [...wanted].filter((value) => !values.includes(value));
    return missing.length > 0 ? [{ name, server, missing, has: values }] : [];
  });
}

function describeLack({ server, missing, has }: Lack): string {
  if (server === undefined) return 'no name server answers';
  if (has.length === 0) return `${server} has no such record yet`;
  return `${server} does not have ${missing.join(' and ')} yet`;
}

function explain(lack: Lack): ExplainedError {
  const { name, server, missing, has } = lack;
  const other = has.length > 0 ? ` It has ${has.join(' and ')}.` : '';
  return new ExplainedError({
    code: 'record-not-seen',
    what: `The TXT record ${name} with ${missing.join(' and ')} has not appeared.`,
    why: `At the end ${describeLack(lack)}.${other}`,
    next:
      server === undefined
        ? 'Connect to the network, or name servers to ask in CHROMA_TLS_DNS_SERVERS, then try again.'
        : 'Check its name and value at your DNS provider (many append the domain), then try again.',
  });
}
