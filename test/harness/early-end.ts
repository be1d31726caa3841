import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hook, Runnable, Runner } from 'mocha';
import { cleansUp, skipTestOf } from './skip-reasons.ts';

/** How long (ms) a test may still take once the run ends: what it waits for may never come. */
const LAST_WORDS = 15_000;

const brokenOff = new AbortController();
const never = new AbortController();
let mocha: Runner | undefined;
let isOver = false;

/** Whether tests were left out because the run ended, or seemed to. */
export function endedEarly(): boolean {
  return isOver;
}

/** Aborted when the test or hook that runs now is broken off; a hook that cleans up never is. */
export function breakOff(): AbortSignal {
  const current = mocha?.currentRunnable;
  return (current && cleansUp(current) ? never : brokenOff).signal;
}

/**
 * Has Mocha end where `npm test` is told to end, or has died: the test that runs is broken off, none
 * follows, and the hooks that clean up run.
 *
 * @returns whether a test or hook was broken off, so that its failure says nothing
 */
export function endWithRun(runner: Runner, partsUrl: string): (runnable: Runnable) => boolean {
  const isBrokenOff = (runnable: Runnable): boolean => isOver && !cleansUp(runnable);
  mocha = runner;
  // Others that prepare the same test still follow.
  runner.on('hook', (hook: Hook) => {
    if (isBrokenOff(hook)) hurry(hook);
  });
  const end = (): void => {
    isOver = true;
    runner.abort();
    const current = runner.currentRunnable;
    if (!current || !isBrokenOff(current)) return;
    brokenOff.abort();
    hurry(current);
    current.resetTimeout();
    interruptChildren();
  };
  // It is never answered, and breaks off with the run.
  get(new URL('end', partsUrl))
    .once('close', end)
    .on('error', () => undefined)
    .once('socket', (socket) => socket.unref());
  return isBrokenOff;
}

/**
 * After a test that was broken off: waits for the programs by which the code that it called clears up,
 * for some seconds at most.
 */
export async function untilClearedUp(): Promise<void> {
  if (!brokenOff.signal.aborted) return;
  const end = performance.now() + LAST_WORDS;
  do await sleep(200);
  while (process.getActiveResourcesInfo().includes('ProcessWrap') && performance.now() < end);
}

function hurry(runnable: Runnable): void {
  runnable.timeout(LAST_WORDS);
  skipTestOf(runnable);
}

/** As Ctrl+C in a terminal does. This process leads their group (`scripts/suites/node-suite.mjs`). */
function interruptChildren(): void {
  process.once('SIGINT', () => undefined);
  try {
    process.kill(-process.pid, 'SIGINT');
  } catch {
    // Inside VS Code it leads none.
  }
}
