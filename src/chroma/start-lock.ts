import { join } from 'node:path';
import { explainUnusable, makePrivateFolder, workspaceDataFolder } from '../project/data-folder.ts';
import { ExplainedError, isCancellation } from '../system/errors.ts';
import type { Disposable } from '../system/events.ts';
import { watchOwnFolder } from '../system/files/folder-watch.ts';
import { readFileLock, takeFileLock } from '../system/files/file-lock.ts';

export type Doing = 'starting' | 'stopping';

/** What some process is doing to the server of a workspace at the moment. */
export type StartLock =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'held';
      readonly doing: Doing;
      readonly pid: number;
      /** Whether it is this process itself. */
      readonly isOurs: boolean;
    };

/** The name of the lock in the data folder of a workspace; the lock in the making has more behind it. */
export const START_LOCK = 'start.lock';

/** Milliseconds that a stop waits for another process. */
const STOP_PATIENCE = 60_000;

/**
 * Whether a start or a stop of a workspace's server is under way, no matter who does it. One that was killed
 * leaves the lock free: what it had begun is then broken off.
 */
export async function readStartLock(workspace: string): Promise<StartLock> {
  const holder = await readFileLock(lockFile(workspace)).catch(() => undefined);
  if (!holder) return { kind: 'free' };
  const { pid, doing } = holder;
  return {
    kind: 'held',
    doing: doing === 'stopping' ? doing : 'starting',
    pid,
    isOurs: pid === process.pid,
  };
}

/** Calls back when a start or stop may have begun or ended. One that is killed is not called back for. */
export function watchStartLock(workspace: string, changed: () => void): Disposable {
  return watchOwnFolder(workspaceDataFolder(workspace), (name) => {
    if (name === null || name === START_LOCK) changed();
  });
}

/**
 * Runs a start or a stop. Of all windows and terminals only one does either at a time for a workspace,
 * whatever the runtime; the others wait, so each has to look inside the lock what there is to do.
 *
 * @param options.waiting hears who is waited for, as a sentence for the log
 * @throws ExplainedError `start-busy` from a stop, `data-folder-not-usable` from a start; AbortError
 */
export async function holdStartLock<T>(
  workspace: string,
  options: {
    readonly doing: Doing;
    readonly signal?: AbortSignal | undefined;
    readonly waiting?: (text: string) => void;
  },
  work: () => Promise<T>,
): Promise<T> {
  const release = await (options.doing === 'starting'
    ? explainUnusable(() => take(workspace, options))
    : take(workspace, options).catch(goOnWithout));
  try {
    return await work();
  } finally {
    await release();
  }
}

async function take(
  workspace: string,
  { doing, signal, waiting }: Parameters<typeof holdStartLock>[1],
): Promise<() => Promise<void>> {
  await makePrivateFolder(workspaceDataFolder(workspace));
  return takeFileLock(lockFile(workspace), {
    doing,
    signal,
    ...(doing === 'stopping' ? { patience: STOP_PATIENCE } : {}),
    explain: (holder) => ({
      code: 'start-busy',
      what: `Another window or terminal is ${holder.doing} the server of this workspace.`,
      why: `Its process ${holder.pid} did not finish within a minute.`,
      next: 'Cancel it there, or wait for it, then try again.',
    }),
    onWait: (holder) =>
      waiting?.(
        `Another window or terminal (process ${holder.pid}) is ${holder.doing} the server: waiting for it.`,
      ),
  });
}

/** A disk that is full, or a folder that is not ours any more, keeps nobody from ending a server. */
function goOnWithout(error: unknown): () => Promise<void> {
  if (error instanceof ExplainedError || isCancellation(error)) throw error;
  return () => Promise.resolve();
}

function lockFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), START_LOCK);
}
