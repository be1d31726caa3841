import { untilAborted } from '../../system/time-limit.ts';

/** A question that came up where others wait: it is asked once they need not. */
class OpenQuestion extends Error {
  readonly ask: () => Promise<void>;

  constructor(ask: () => Promise<void>) {
    super('A question is open.');
    this.ask = ask;
  }
}

/**
 * A question for inside a lock: it leaves the lock, and is asked by `askOutside`. The same one is
 * asked only once; when the work comes to it again, the answer is there.
 *
 * @returns throws what `askOutside` waits for, where there is no answer yet
 */
export function askLater<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  const answers = new Map<string, { readonly answer: Answer }>();
  return (question) => {
    const key = JSON.stringify(question);
    const given = answers.get(key);
    if (given) return Promise.resolve(given.answer);
    const open = new OpenQuestion(async () => {
      answers.set(key, { answer: await ask(question) });
    });
    return Promise.reject(open);
  };
}

/**
 * Does work that takes a lock. Where it leaves the lock for a question, a user is asked, and the
 * work begins again: while they thought about it, anything may have changed.
 *
 * @param work looks each time what there is to do
 * @throws AbortError, also while a user is asked
 */
export async function askOutside<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OpenQuestion)) throw error;
      await untilAborted(signal, error.ask);
    }
  }
}
