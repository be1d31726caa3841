import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Disposable } from '../../system/events.ts';
import { endTree } from '../../system/processes/process-tree.ts';

/** How long (ms) until a watchdog that died is replaced. */
const REPLACE_DELAY = 1000;

export interface Watchdog extends Disposable {
  /** From now on, this program ends when we do. */
  watch(pid: number): void;
}

/**
 * Starts a small process that ends a program, with all that it has started, if this process dies in
 * any way: it reads a pipe that only we hold open. When it is disposed, it ends nothing but itself.
 *
 * @param file our bundle `watchdog.js`
 */
export function startWatchdog(file: string): Watchdog {
  let watched: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;
  let dog = unleash();

  function unleash(): ChildProcess {
    const started = spawn(process.execPath, [file], {
      // In its own process group, so that what ends ours does not end it too.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      windowsHide: true,
    });
    started.stdin.on('error', () => undefined);
    started.once('error', () => undefined);
    started.once('close', () => {
      if (disposed) return;
      timer = setTimeout(() => {
        dog = unleash();
      }, REPLACE_DELAY);
    });
    if (watched !== undefined) started.stdin.write(`${watched}\n`);
    return started;
  }

  return {
    watch: (pid) => {
      watched = pid;
      dog.stdin?.write(`${pid}\n`);
    },
    dispose: () => {
      disposed = true;
      clearTimeout(timer);
      dog.kill('SIGKILL');
    },
  };
}

/** The watchdog's own side: reads which program it is, and ends it at the end of the pipe. */
export async function runWatchdog(pipe: Readable): Promise<void> {
  let watched: number | undefined;
  for await (const line of createInterface({ input: pipe })) watched = Number(line);
  if (watched !== undefined && watched > 1) await endTree(watched);
}
