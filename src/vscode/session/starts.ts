import type { Server } from '../../chroma/server/server.ts';
import type { AcceptChange } from '../../chroma/runtimes/runtime-change.ts';
import { runCancellable } from '../window/cancellable.ts';
import { ask } from '../window/plain-window.ts';
import { describeStep, stepFraction } from '../model/messages/wording.ts';

const INSTALL = 'Install';

/** The starts under way from this window: shown as progress, and ended by Cancel or by Stop. */
export class Starts {
  readonly #aborts = new Map<Server, AbortController>();

  isUnderWay(server: Server): boolean {
    return this.#aborts.has(server);
  }

  /** Cancels the start of a server; false where there is none to cancel. */
  cancel(server: Server): boolean {
    const abort = this.#aborts.get(server);
    abort?.abort();
    return abort !== undefined;
  }

  /**
   * Starts or restarts a server under a progress notification that tells the step.
   *
   * @param note is given what is worth knowing of it and no failure, as a sentence
   * @param consent asks before anything is installed
   * @param acceptChange asks before another runtime leaves the present data behind
   *
   * @throws what the server throws; an AbortError when cancelled
   */
  async run(
    server: Server,
    kind: 'start' | 'restart',
    note: (text: string) => void,
    acceptChange: AcceptChange,
    consent: (question: string) => Promise<boolean> = askConsent,
  ): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(server, abort);
    try {
      await runCancellable(
        kind === 'start' ? 'Starting Chroma' : 'Restarting Chroma',
        async ({ signal, report }) => {
          const steps = server.onDidChange(({ operation }) => {
            if (operation?.kind === 'stopping') report('Stopping the server');
            if (operation?.kind !== 'starting') return;
            report(describeStep(operation.step), stepFraction(operation.step));
          });
          try {
            // Loaded only now: a window that only shows a status has none of it.
            const { restartChroma, startChroma } = await import('../../workspace/start.ts');
            const run = kind === 'start' ? startChroma : restartChroma;
            await run(server, { signal, consent, note, acceptChange });
          } finally {
            steps.dispose();
          }
        },
        { abort },
      );
    } finally {
      this.#aborts.delete(server);
    }
  }
}

/** Nothing is installed for a user without their word. */
async function askConsent(question: string): Promise<boolean> {
  const [message = question, ...detail] = question.split(/(?<=[.?!])\s+/);
  return (await ask(message, detail.join(' '), INSTALL)) === INSTALL;
}
