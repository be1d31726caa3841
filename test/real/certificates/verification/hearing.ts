import { findPart } from '../../../parts.ts';
import { ask, type Check } from './ask.ts';
import { servePair } from './serve.ts';
import type { Served } from './subjects.ts';
import { VERIFIERS, type Verifier } from './verdicts.ts';

/** A server, and the names it is asked for. */
interface Candidate {
  readonly title: string;
  readonly asked: readonly string[];
  readonly make: () => Promise<Served>;
}

const AT_ONCE = 4;

/** What one verifier said: by title of the candidate, and by name. */
export type Answers = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Serves every candidate, once, and has all verifiers that are there judge all of them at the same
 * time.
 *
 * @returns the answers of each verifier, or what kept it from answering; none of one not installed
 */
export async function hear(
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<Verifier, Answers | Error>> {
  const served = await inTurns(candidates, async ({ title, asked, make }) => {
    const files = await make();
    const pair = await servePair(files);
    const checks = asked.map((name) => ({ name, ca: files.ca, ...pair.endpointFor(name) }));
    return { title, checks, pair };
  });
  try {
    const heard = VERIFIERS.map(async (verifier) => {
      const part = findPart(`verifier ${verifier}`);
      if (!part.available) return [];
      return [[verifier, await askAll(part.command, served).catch(toError)] as const];
    });
    return new Map((await Promise.all(heard)).flat());
  } finally {
    for (const { pair } of served) pair.close();
  }
}

/** A few at a time: each may be a container, or minutes of a core's work. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const takeTurns = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
  return results;
}

async function askAll(
  command: readonly [string, ...string[]],
  served: readonly { readonly title: string; readonly checks: readonly Check[] }[],
): Promise<Answers> {
  const answers = [
    ...(await ask(
      command,
      served.flatMap(({ checks }) => checks),
    )),
  ];
  return new Map(
    served.map(({ title, checks }) => [
      title,
      new Map(checks.map(({ name }) => [name, answers.shift() ?? ''])),
    ]),
  );
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
