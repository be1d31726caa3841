import { findPart } from '../../parts.ts';
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
  const served = await Promise.all(
    candidates.map(async ({ title, asked, make }) => {
      const files = await make();
      const pair = await servePair(files);
      const checks = asked.map((name) => ({ name, ca: files.ca, ...pair.endpointFor(name) }));
      return { title, checks, pair };
    }),
  );
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
