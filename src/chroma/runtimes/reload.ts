import { setTimeout as sleep } from 'node:timers/promises';

/** How long (ms) a TLS proxy may take to serve a certificate it was told of. */
const RELOAD_TIME = 2000;

/** Waits until the new certificate is served. False where it still is not after two seconds. */
export async function awaitReload(
  isServed: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = Date.now() + RELOAD_TIME;
  while (!(await isServed())) {
    if (Date.now() > deadline) return false;
    await sleep(100, undefined, signal ? { signal } : {});
  }
  return true;
}
