import { randomUUID } from 'node:crypto';
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { ExplainedError, systemCode, type Problem } from '../errors.ts';
import {
  identifySelf,
  isRunning,
  judgeProcess,
  PROCESS_IDENTITY,
  type Liveness,
  type ProcessIdentity,
} from '../processes/process-identity.ts';

/** Who holds a lock, and why. */
export interface LockHolder extends ProcessIdentity {
  /** A word for the work, such as `starting`. */
  readonly doing: string;
}

export interface LockOptions {
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for another holder; without it the wait has no end. */
  readonly patience?: number;
  /** The problem to report when that time is over. */
  readonly explain: (holder: LockHolder) => Problem;
  /** Hears of each holder that is waited for. */
  readonly onWait?: (holder: LockHolder) => void;
}

/** Milliseconds. */
const POLL = 100;
/** Milliseconds between two signs of life of a holder. */
const FRESHEN_EVERY = 5000;
/** Milliseconds without a sign of life after which a lock counts as left behind. */
const STALE_AFTER = 30_000;
/** Polls without a sign of life that are needed too: while the machine slept, none was made. */
const STALE_POLLS = 60;
/** Polls that may find no holder and still fail to take the lock. */
const MOST_REFUSALS = 50;

const HOLDER = v.object({ ...PROCESS_IDENTITY.entries, doing: v.string() });

/** A lock as it was found. One that cannot be read has no holder, and counts as no lock. */
interface PresentLock {
  readonly token: string;
  readonly holder?: LockHolder;
  readonly freshenedAt: number;
}

/**
 * Takes a lock that only one process of all can have. It is a folder that holds one file, the
 * holder's own: put in place by a rename, which an existing holder makes fail, so that it is there
 * whole or not at all. A lock left behind is taken over by removing that one file by its name, so
 * that a newer holder is never removed instead.
 *
 * @param path where the lock is; its folder must be there
 * @returns a function that releases the lock
 * @throws ExplainedError what `explain` says; AbortError; the system's errors
 */
export async function takeFileLock(
  path: string,
  { doing, signal, patience = Infinity, explain, onWait }: LockOptions,
): Promise<() => Promise<void>> {
  const deadline = Date.now() + patience;
  let waitedFor: PresentLock | undefined;
  let signless = 0;
  for (let refusals = 0; ;) {
    signal?.throwIfAborted();
    const found = await readLock(path);
    if (!found) {
      const release = await tryToTake(path, doing, ++refusals < MOST_REFUSALS);
      if (release) return release;
    } else if (!found.holder || (await isLeft(found, found.holder, signless))) {
      await removeHolder(path, found.token);
      continue;
    } else {
      const isSame = found.token === waitedFor?.token;
      if (!isSame) onWait?.(found.holder);
      signless = isSame && found.freshenedAt === waitedFor?.freshenedAt ? signless + 1 : 0;
      waitedFor = found;
      refusals = 0;
      if (Date.now() > deadline) throw new ExplainedError(explain(found.holder));
    }
    await pause(POLL);
  }
}

/** Who holds a lock; undefined where nobody does, or the holder is gone. */
export async function readFileLock(path: string): Promise<LockHolder | undefined> {
  const found = await readLock(path);
  if (!found?.holder) return undefined;
  return (await isLeft(found, found.holder, STALE_POLLS)) ? undefined : found.holder;
}

/** @param signless how often it was seen without a sign of life */
async function isLeft(
  { freshenedAt }: PresentLock,
  holder: LockHolder,
  signless: number,
): Promise<boolean> {
  const liveness: Liveness = await judgeProcess(holder);
  if (liveness !== 'unknown') return liveness === 'gone';
  return signless >= STALE_POLLS && Date.now() - freshenedAt > STALE_AFTER;
}

async function readLock(path: string): Promise<PresentLock | undefined> {
  try {
    const [token] = await readdir(path);
    if (token === undefined) return undefined;
    const file = join(path, token);
    const { mtimeMs: freshenedAt } = await stat(file);
    const holder = parseHolder(await readFile(file, 'utf8'));
    return { token, freshenedAt, ...(holder ? { holder } : {}) };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    return v.parse(HOLDER, JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * @param mayFail false: a refusal of the system is thrown, not taken for another holder's success
 */
async function tryToTake(
  path: string,
  doing: string,
  mayFail: boolean,
): Promise<(() => Promise<void>) | undefined> {
  await removeLeftovers(path);
  const token = randomUUID();
  const own = `${path}.${process.pid}.${token}`;
  try {
    await mkdir(own, { mode: 0o700 });
    const holder: LockHolder = { ...(await identifySelf()), doing };
    await writeFile(join(own, token), JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    // Windows cannot rename onto a folder, not even onto an empty one.
    await rmdir(path).catch(() => undefined);
    await rename(own, path);
  } catch (error) {
    await rm(own, { recursive: true, force: true }).catch(() => undefined);
    if (mayFail && isRefusal(error)) return undefined;
    throw error;
  }
  const freshen = setInterval(() => void touch(join(path, token)), FRESHEN_EVERY);
  freshen.unref();
  return async () => {
    clearInterval(freshen);
    await removeHolder(path, token);
  };
}

/** Whether a failure means that another process was faster. */
function isRefusal(error: unknown): boolean {
  const code = systemCode(error) ?? '';
  // ENOENT: another process took our new folder for one left behind, and removed it.
  if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(code)) return true;
  return process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(code);
}

/** Removes one holder, and never another one. */
async function removeHolder(path: string, token: string): Promise<void> {
  try {
    await unlink(join(path, token));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  // This fails if another process has taken the lock by now.
  await rmdir(path).catch(() => undefined);
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  // It may be gone, or not writable: then the lock counts as left behind, and the work goes on.
  await utimes(file, now, now).catch(() => undefined);
}

/** Removes what a process that was killed had not yet put in place. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const pid = Number(name.slice(basename(path).length + 1).split('.')[0]);
    if (pid > 0 && !isRunning(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
