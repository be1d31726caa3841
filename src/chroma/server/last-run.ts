import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { readRecord, writeRecord } from '../../project/data-record.ts';
import { describeMoment } from '../../system/moment-text.ts';
import { withTimeLimit } from '../../system/time-limit.ts';
import type { Server } from './server.ts';
import type { ServerFacts } from '../server-facts.ts';

/** How many lines of a server that is stopped are kept. */
const KEPT_LINES = 500;
/** How many characters of each. */
const KEPT_CHARACTERS = 2000;
/** How long (ms) a stop waits for them. */
const PATIENCE = 3000;

/** What a server said before it ended. */
export interface LastRun {
  /** Which run it was; none where that is not known. */
  readonly heading?: string;
  /** Oldest first. */
  readonly lines: readonly string[];
}

const RECORD = v.object({
  runtime: v.string(),
  image: v.optional(v.string()),
  startedAt: v.number(),
  endedAt: v.number(),
  lines: v.array(v.string()),
});
type Record = v.InferOutput<typeof RECORD>;

/**
 * What the last server of a workspace said: while it is there, it is asked; once its container was
 * removed by a stop, what was kept then.
 *
 * @param count of lines at most
 */
export async function readLastRun(
  server: Pick<Server, 'snapshot' | 'readLog' | 'environment'>,
  count: number,
): Promise<LastRun> {
  const { observation } = server.snapshot;
  if (observation.kind !== 'none') {
    const lines = await server.readLog(count);
    const isKnown = observation.kind === 'exited' && lines.length > 0;
    return { lines, ...(isKnown ? { heading: describeRun(observation.server) } : {}) };
  }
  const kept = await readRecord(fileOf(server.environment.workspace), RECORD);
  // A local server's log is its own file, whether it was stopped or ended with VS Code.
  if (kept === undefined) return { lines: await server.readLog(count) };
  return { heading: describeRun(kept), lines: kept.lines.slice(-count) };
}

/**
 * Keeps the end of a server's log, which goes with its container.
 *
 * @throws as its runtime does where that cannot be asked; ExplainedError `data-folder-not-usable`
 */
export async function keepLastRun(
  { environment }: Pick<Server, 'environment'>,
  { runtime: kind, image, startedAt }: ServerFacts,
  signal?: AbortSignal,
): Promise<void> {
  const runtime = environment.runtimes.find((one) => one.kind === kind);
  if (!runtime) return;
  const lines = await withTimeLimit(PATIENCE, signal, (limit) =>
    runtime.readLog(KEPT_LINES, limit),
  );
  const record: Record = {
    runtime: kind,
    ...(image === undefined ? {} : { image }),
    startedAt,
    endedAt: Date.now(),
    lines: lines.map((line) => line.slice(0, KEPT_CHARACTERS)),
  };
  await writeRecord(fileOf(environment.workspace), record);
}

/** Removes what was kept, because another server runs now. */
export async function forgetLastRun(workspace: string): Promise<void> {
  await rm(fileOf(workspace), { force: true });
}

function describeRun({
  runtime,
  image = 'Chroma',
  startedAt,
  endedAt,
}: {
  readonly runtime: string;
  readonly image?: string | undefined;
  readonly startedAt: number;
  /** Milliseconds since 1970; none where nobody saw it. */
  readonly endedAt?: number;
}): string {
  return [
    `Last run: ${image} (${runtime})`,
    ...(startedAt > 0 ? [`started ${describeMoment(new Date(startedAt))}`] : []),
    ...(endedAt === undefined ? [] : [`stopped ${describeMoment(new Date(endedAt))}`]),
  ].join(', ');
}

function fileOf(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'last-run.json');
}
