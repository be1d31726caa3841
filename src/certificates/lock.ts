import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ExplainedError, systemCode } from '../errors.ts';
import { workspaceDataFolder } from '../project/data-folder.ts';
import { explainUnusable, makePrivateFolder } from './private-folder.ts';

/** Milliseconds after which a lock that nobody keeps fresh counts as left behind. */
const STALE_AFTER = 120_000;
/** Milliseconds; a person may take their time over a password that the system asks for. */
const FRESHEN_EVERY = 20_000;
/** Milliseconds to wait for another window. */
const PATIENCE = 60_000;
const POLL = 50;

/** Who holds a lock; the token tells two holders of one process apart. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/**
 * Runs work that only one window or CLI may do at a time for a workspace. A lock whose process is
 * gone, or that has not been kept fresh, is taken over.
 *
 * @throws ExplainedError `generation-busy`, `data-folder-not-usable`
 */
export async function holdLock<T>(workspace: string, work: () => Promise<T>): Promise<T> {
  const file = join(workspaceDataFolder(workspace), 'generate.lock');
  const holder: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  const mine = JSON.stringify(holder);
  await explainUnusable(async () => {
    await makePrivateFolder(workspaceDataFolder(workspace));
    await acquire(file, mine);
  });
  const freshen = setInterval(() => void touch(file, mine), FRESHEN_EVERY);
  freshen.unref();
  try {
    return await work();
  } finally {
    clearInterval(freshen);
    // Not ours any more if somebody took it for stale, after a night's sleep of the machine, say.
    const current = await readFile(file, 'utf8').catch(() => undefined);
    if (current === mine) await rm(file, { force: true });
  }
}

/** Not where it is somebody else's by now, nor where it cannot be: it then counts as left behind. */
async function touch(file: string, mine: string): Promise<void> {
  try {
    if ((await readFile(file, 'utf8')) !== mine) return;
    const now = new Date();
    await utimes(file, now, now);
  } catch {
    // Its work goes on, and ends by itself.
  }
}

async function acquire(file: string, mine: string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    try {
      await writeFile(file, mine, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    await removeIfStale(file);
    if (Date.now() > deadline) {
      throw new ExplainedError({
        code: 'generation-busy',
        what: 'Another window is at work on the certificate or the server of this workspace.',
        why: `It holds ${file} and did not finish within a minute.`,
        next: 'Wait for it, or close it, then try again.',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

async function removeIfStale(file: string): Promise<void> {
  try {
    const seen = await readFile(file, 'utf8');
    const age = Date.now() - (await stat(file)).mtimeMs;
    if (age < STALE_AFTER && !isAbandoned(seen)) return;
    // Others may judge the same lock at this moment. A rename takes it from all but one of them;
    // what turns out to be a newer lock is put back.
    const aside = `${file}.${randomUUID()}`;
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== seen) await link(aside, file).catch(() => undefined);
    await rm(aside, { force: true });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

function isAbandoned(text: string): boolean {
  let holder: unknown;
  try {
    holder = JSON.parse(text);
  } catch {
    // Just being written; its age decides.
    return false;
  }
  if (typeof holder !== 'object' || holder === null) return false;
  const { pid, host } = holder as Partial<Holder>;
  return host === hostname() && typeof pid === 'number' && !isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
