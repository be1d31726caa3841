/** Ctrl+C, `kill` and a service manager, a terminal that closes. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Has a signal cancel what is under way, which then clears up behind itself. For what heeds no
 * cancellation it would swallow the signal, so that is left to end by it. Only a second Ctrl+C
 * ends this process at once: a terminal that closes tells it twice, by the system and by the shell.
 */
export function cancelOnSignals(controller: AbortController): void {
  for (const signal of ENDINGS) {
    // Not `once`: while a program runs, execa ends this process where it finds no other listener.
    process.on(signal, () => {
      if (controller.signal.aborted && signal === 'SIGINT') process.exit(130);
      controller.abort();
    });
  }
}
