import { join } from 'node:path';
import * as v from 'valibot';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { readRecord, writeRecord } from '../../project/data-record.ts';
import type { Problem } from '../../system/errors.ts';

/** Milliseconds since 1970. */
const MOMENT = v.number();

/** Without its button, which a shell has for the code, and without details, which are for the log. */
const TOLD = v.object({
  code: v.string(),
  what: v.string(),
  why: v.exactOptional(v.string()),
  next: v.exactOptional(v.string()),
});

const ATTEMPT = v.variant('ok', [
  v.object({
    ok: v.literal(true),
    at: MOMENT,
    /** The issuer had no newer certificate. */
    unchanged: v.exactOptional(v.literal(true)),
  }),
  v.object({
    ok: v.literal(false),
    at: MOMENT,
    problem: TOLD,
    /** How many in a row failed with this problem, this one among them. */
    failures: v.number(),
    /** Before that the server takes no other attempt. */
    retryAt: v.exactOptional(MOMENT),
  }),
]);

/** What an ACME server last said of when to renew (RFC 9773). */
const INFORMATION = v.object({
  /** When to ask it again. */
  checkAt: MOMENT,
  window: v.exactOptional(
    v.object({
      start: MOMENT,
      end: MOMENT,
      /** A moment of it, chosen once at random and kept, so that not all certificates come at once. */
      chosen: MOMENT,
      /** A page that says why, where the server has one. */
      explanation: v.exactOptional(v.string()),
    }),
  ),
});

const RECORD = v.object({
  last: v.exactOptional(ATTEMPT),
  information: v.exactOptional(INFORMATION),
  /** Why AWS, which has the certificate before this one, did not take it. */
  awsBehind: v.exactOptional(TOLD),
});

export type RenewalInformation = v.InferOutput<typeof INFORMATION>;
/** What is known of the renewal of one certificate. */
export type RenewalRecord = v.InferOutput<typeof RECORD>;

const FILE = v.object({ fingerprint256: v.string(), ...RECORD.entries });

/**
 * What is known of the renewal of the certificate in the folder; nothing where the record is about
 * another one, or is damaged.
 *
 * @param fingerprint256 of the certificate that is there now
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function readRenewal(
  workspace: string,
  fingerprint256: string,
): Promise<RenewalRecord> {
  const file = await readRecord(renewalRecordFile(workspace), FILE);
  if (file?.fingerprint256 !== fingerprint256) return {};
  const { fingerprint256: _, ...record } = file;
  return record;
}

/** @throws ExplainedError `data-folder-not-usable` */
export async function writeRenewal(
  workspace: string,
  fingerprint256: string,
  record: RenewalRecord,
): Promise<void> {
  await writeRecord(renewalRecordFile(workspace), { fingerprint256, ...record });
}

/** The record after an attempt that failed. Pure. @param at milliseconds since 1970 */
export function addFailure(record: RenewalRecord, at: number, problem: Problem): RenewalRecord {
  const { last } = record;
  const { code, retryAt } = problem;
  const isSame = last?.ok === false && last.problem.code === code;
  return {
    ...record,
    last: {
      ok: false,
      at,
      problem: toTold(problem),
      failures: isSame ? last.failures + 1 : 1,
      ...(retryAt === undefined ? {} : { retryAt }),
    },
  };
}

/**
 * Notes why AWS has not taken the certificate, or that it has.
 *
 * @param problem undefined once AWS has it
 * @returns whether anything has changed
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function noteAwsBehind(
  workspace: string,
  fingerprint256: string,
  problem: Problem | undefined,
): Promise<boolean> {
  const { awsBehind: before, ...record } = await readRenewal(workspace, fingerprint256);
  if (before?.what === problem?.what) return false;
  const awsBehind = problem && { awsBehind: toTold(problem) };
  await writeRenewal(workspace, fingerprint256, { ...record, ...awsBehind });
  return true;
}

function toTold({ code, what, why, next }: Problem): v.InferOutput<typeof TOLD> {
  return {
    code,
    what,
    ...(why === undefined ? {} : { why }),
    ...(next === undefined ? {} : { next }),
  };
}

/** Beside the note of where the certificate came from. */
export function renewalRecordFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'renewal.json');
}
