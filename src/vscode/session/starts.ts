import type { Server } from '../../chroma/server/server.ts';
import type { AcceptChange } from '../../chroma/runtimes/runtime-change.ts';
import { untilAborted } from '../../system/time-limit.ts';
import { runCancellable } from '../window/cancellable.ts';
import { ask } from '../window/plain-window.ts';
import { askAboutChange } from '../window/ask-about-change.ts';
import { askAboutToken, losesToken } from '../window/token-loss.ts';
import { describeStep, stepFraction } from '../model/messages/wording.ts';
import type { ActiveFolder } from './session.ts';

const INSTALL = 'Install';

/** What a start asks before it goes on, each only where it has to. */
export interface StartQuestions {
  /** Before anything is installed. */
  readonly consent: (question: string) => Promise<boolean>;
  /** Before another runtime leaves the present data behind. */
  readonly acceptChange: AcceptChange;
  /** Before a server that asked for a token is opened to all. Throws an AbortError to keep it as it is. */
  readonly acceptTokenLoss: () => Promise<void>;
}

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
   * @param note is told what is worth knowing, as a sentence; a failure is thrown instead
   * @param questions by default the user is asked
   *
   * @throws what the server throws; an AbortError when cancelled
   */
  async run(
    active: ActiveFolder,
    kind: 'start' | 'restart',
    note: (text: string) => void,
    questions: StartQuestions = askUser(active),
  ): Promise<void> {
    const { server } = active;
    const { consent, acceptChange, acceptTokenLoss } = questions;
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
            // A user may stop it while they think about it.
            if (await losesToken(active, kind)) await untilAborted(signal, acceptTokenLoss);
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

function askUser({ folder }: ActiveFolder): StartQuestions {
  return {
    consent: askConsent,
    acceptChange: (change) => askAboutChange(folder, change),
    acceptTokenLoss: () => askAboutToken(folder),
  };
}

/** Nothing is installed for a user without their word. */
async function askConsent(question: string): Promise<boolean> {
  const [message = question, ...detail] = question.split(/(?<=[.?!])\s+/);
  return (await ask(message, detail.join(' '), INSTALL)) === INSTALL;
}
