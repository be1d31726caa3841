/** Something took too long. */
export class TimeoutError extends Error {
  constructor(milliseconds: number) {
    super(`No answer in ${milliseconds} ms.`);
  }
}

/**
 * Does work within one time limit; a signal ends it earlier. The promise settles even if the work
 * goes on: nothing can stop the system's look-up of a name.
 *
 * @throws TimeoutError; what `signal` was aborted with; what the work throws
 */
export async function withTimeLimit<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  return withController(signal, async (limit) => {
    const timer = setTimeout(() => {
      limit.abort(new TimeoutError(milliseconds));
    }, milliseconds);
    try {
      return await untilAborted(limit.signal, () => work(limit.signal));
    } catch (error) {
      // Node.js reports an aborted request like a broken connection.
      limit.signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  });
}

/**
 * Does work with a controller that is aborted with a signal, and earlier if the work does so itself.
 * `AbortSignal.any` would be the same, but Node.js has it only from 20.3 on.
 *
 * @throws what `signal` was aborted with, if it was before; what the work throws
 */
export async function withController<T>(
  signal: AbortSignal | undefined,
  work: (controller: AbortController) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const cancel = (): void => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await work(controller);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/**
 * Waits for work as long as a signal lets it; the work itself may go on.
 *
 * @throws what `signal` was aborted with; what the work throws
 */
export async function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let cancel: (() => void) | undefined;
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', cancel, { once: true });
  });
  try {
    return await Promise.race([work(), cancelled]);
  } finally {
    if (cancel) signal.removeEventListener('abort', cancel);
  }
}
