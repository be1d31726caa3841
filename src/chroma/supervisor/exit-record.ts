import { rm } from 'node:fs/promises';
import { uptime } from 'node:os';
import * as v from 'valibot';
import { readIfThere, replaceFile } from '../../system/files/replace-file.ts';
import { identifyRun, PROCESS_IDENTITY } from '../../system/processes/process-identity.ts';
import { readJson } from '../../system/json.ts';
import type { ServerFacts } from '../server-facts.ts';
import { SERVER_FACTS } from '../server-facts-schema.ts';

const EXIT_RECORD = v.object({
  server: SERVER_FACTS,
  part: v.string(),
  exitCode: v.exactOptional(v.number()),
  supervisor: PROCESS_IDENTITY,
  /** The run of the machine or the container in which it was written (`identifyRun`). */
  run: v.exactOptional(v.string()),
});

/** How a supervised server ended, as the exit file says it. */
export interface ExitRecord {
  readonly server: ServerFacts;
  /** Which part ended, in a user's words. */
  readonly part: string;
  /** Not set while the server runs: such a record is left only if the supervisor was killed. */
  readonly exitCode?: number;
  readonly supervisor: v.InferOutput<typeof PROCESS_IDENTITY>;
}

/**
 * What an exit file says; undefined where there is none that can be read, or it is of a server that
 * ran when the machine was switched off, or the container it ran in was stopped.
 */
export async function readExitRecord(file: string): Promise<ExitRecord | undefined> {
  const text = await readIfThere(file).catch(() => undefined);
  const read = readJson(EXIT_RECORD, text ?? '');
  if (!read) return undefined;
  const { run, ...record } = read;
  if (record.exitCode !== undefined) return record;
  return isBeforeBoot(record.server) || (await isOfOtherRun(run)) ? undefined : record;
}

/** Writes it whole. @throws as the system does */
export async function writeExitRecord(file: string, record: ExitRecord): Promise<void> {
  const run = await identifyRun();
  const text = JSON.stringify({ ...record, ...(run === undefined ? {} : { run }) });
  await replaceFile(file, text, 0o600);
}

export async function removeExitRecord(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** In a container `uptime` is that of the machine, not of the container. */
async function isOfOtherRun(run: string | undefined): Promise<boolean> {
  const now = await identifyRun();
  return run !== undefined && now !== undefined && run !== now;
}

function isBeforeBoot({ startedAt }: ServerFacts): boolean {
  return startedAt < Date.now() - uptime() * 1000;
}
