// What Ctrl+C, `kill` and a terminal that closes do to a run: what has begun comes to its end first.

/** @type {readonly NodeJS.Signals[]} */
export const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** One press may come several times within this time (ms): by the terminal, the shell and npm. */
const ONE_PRESS = 1000;

const first = new AbortController();

/** Aborted by the first signal: nothing new begins. */
export const interrupted = first.signal;

/** @type {Set<Promise<unknown>>} */
const unfinished = new Set();

/**
 * Has this process stay until something has ended, which may itself end sooner because of `interrupted`.
 * @template T
 * @param {Promise<T>} task
 */
export async function complete(task) {
  unfinished.add(task);
  try {
    return await task;
  } finally {
    unfinished.delete(task);
  }
}

/** The second signal ends this process at once. */
export function endOnSignals() {
  for (const signal of ENDINGS) process.on(signal, () => void end());
  // Of a terminal that has closed.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/**
 * Ends this process once nothing is unfinished.
 * @param {number} code
 */
export async function leave(code) {
  while (unfinished.size > 0) await Promise.allSettled(unfinished);
  process.exit(code);
}

let pressed = 0;

async function end() {
  if (interrupted.aborted) {
    if (Date.now() - pressed > ONE_PRESS) process.exit(130);
    return;
  }
  pressed = Date.now();
  first.abort();
  if (unfinished.size > 0) {
    console.log(
      '\nThe run ends. What it started is cleaned up; a second Ctrl+C leaves it as it is.',
    );
  }
  await leave(130);
}
