import { spawn, type ChildProcess } from 'node:child_process';
import { BoundedLog } from '../../system/files/bounded-log.ts';
import { endTree, signalGroup } from '../../system/processes/process-tree.ts';

/** A program as its supervisor is told to run it. */
export interface ProgramPlan {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the environment. Secrets go here, never into an argument. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables that begin with one of these are left out of the environment. */
  readonly withoutEnv?: readonly string[];
  /** The program's working directory. */
  readonly folder: string;
  /** What the program prints. */
  readonly logFile: string;
}

/** How long (ms) the program has to finish its writes. */
const STOP_GRACE = 5000;

/** Starts the program as the leader of a process group of its own; its output goes to its log. */
export function startProgram(plan: ProgramPlan): ChildProcess {
  const log = new BoundedLog(plan.logFile);
  const child = spawn(plan.program, plan.args, {
    cwd: plan.folder,
    env: { ...leaveOut(process.env, plan.withoutEnv ?? []), ...plan.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not on Windows: it would get a console of its own, and it needs no group there.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  for (const output of [child.stdout, child.stderr]) {
    output.on('error', () => undefined).pipe(log, { end: false });
  }
  child.once('error', (error) => {
    log.end(`${error.message}\n`, () => child.emit('exit', 127, null));
  });
  return child;
}

/** Asks the program to end, and ends it with all that it has started when it does not. */
export async function endProgram(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise<void>((resolve) =>
      child.once('exit', () => {
        resolve();
      }),
    );
    // Windows knows no signal that a program could answer.
    if (process.platform === 'win32') await endTree(pid);
    else signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => void endTree(pid), STOP_GRACE);
    await ended;
    clearTimeout(timer);
  }
  // Programs that it started may take longer, or may not have got the signal.
  await endTree(pid);
}

/** An environment without the variables that begin with one of the prefixes. Pure. */
export function leaveOut(
  environment: NodeJS.ProcessEnv,
  prefixes: readonly string[],
): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !prefixes.some((prefix) => name.toUpperCase().startsWith(prefix)),
    ),
  );
}
