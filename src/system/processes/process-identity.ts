import { readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as v from 'valibot';
import { systemCode } from '../errors.ts';

/** What tells one process from every other one, also from a later one with the same number. */
export type ProcessIdentity = Readonly<v.InferOutput<typeof PROCESS_IDENTITY>>;

export const PROCESS_IDENTITY = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** The machine and its process namespace, in which the number counts. */
  host: v.string(),
  /** When it was started, in the system's own words; none where the system does not tell. */
  birth: v.exactOptional(v.string()),
});

export type Liveness = 'alive' | 'gone' | 'unknown';

let ownBirth: string | undefined;

/** The identity of this process. */
export async function identifySelf(): Promise<ProcessIdentity> {
  ownBirth ??= await readBirth(process.pid);
  return { pid: process.pid, host: HOST, ...(ownBirth === undefined ? {} : { birth: ownBirth }) };
}

/** What tells the process that has started this one from every other one, on one machine. */
export async function identifyParent(): Promise<string> {
  return `${process.ppid} ${(await readBirth(process.ppid)) ?? ''}`;
}

/**
 * What tells one run of the machine, or of the container that we are in, from every other one: the
 * birth of its first process. None where the system does not tell.
 */
export function identifyRun(): Promise<string | undefined> {
  return readBirth(1);
}

/**
 * Whether a process still runs. `unknown` where its number tells nothing, or may belong to another
 * process now.
 */
export async function judgeProcess({ pid, host, birth }: ProcessIdentity): Promise<Liveness> {
  if (host !== HOST) return 'unknown';
  if (!isRunning(pid)) return 'gone';
  if (birth === undefined) return 'unknown';
  const now = await readBirth(pid);
  if (now === undefined) return isRunning(pid) ? 'unknown' : 'gone';
  return now === birth ? 'alive' : 'gone';
}

/** Whether some process of this machine has this number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** The birth of a process that has ended, while its parent has not noticed yet. */
const ENDED = 'ended';

/** The start of a process as Linux counts it: clock ticks since a boot (proc_pid_stat(5)). */
async function readBirth(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The program's name may hold anything, so the fields are counted from its closing bracket on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = ''] = fields;
    const ticks = fields[19];
    if (ticks === undefined) return undefined;
    return 'ZX'.includes(state) ? ENDED : `${BOOT}:${ticks}`;
  } catch {
    return undefined;
  }
}

const BOOT = tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
/** Containers can share the machine's name and still number their processes separately. */
const HOST = `${hostname()} ${tryRead(() => readlinkSync('/proc/self/ns/pid'))}`.trim();

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
