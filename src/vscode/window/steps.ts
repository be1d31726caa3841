/** What frames a question that is one of several. */
export interface StepFrame {
  readonly title: string;
  /** 1 for the first. */
  readonly step: number;
  readonly totalSteps: number;
}

/** Thrown where a user wants to answer the question before once more. */
export class WentBack extends Error {}

/** One question of several. */
export interface Step<Answers> {
  /** Whether the answers so far leave it open; always, if left out. */
  readonly isOpen?: (answers: Answers) => boolean;
  /**
   * Asks, with what was answered the last time filled in.
   *
   * @returns the answers with the new one
   * @throws WentBack; AbortError when cancelled
   */
  readonly ask: (answers: Answers, frame: StepFrame) => Promise<Answers>;
}

/**
 * Asks one question after the other. Back returns to the one before, and no answer is lost by it.
 *
 * @throws AbortError when cancelled; what a step throws
 */
export async function askInSteps<Answers>(
  title: string,
  steps: readonly Step<Answers>[],
  first: Answers,
): Promise<Answers> {
  const asked: number[] = [];
  let answers = first;
  const nextOpen = (from: number): number =>
    steps.findIndex((step, index) => index >= from && step.isOpen?.(answers) !== false);
  for (let index = nextOpen(0); index >= 0;) {
    const left = steps.filter((step, later) => later >= index && step.isOpen?.(answers) !== false);
    const frame = { title, step: asked.length + 1, totalSteps: asked.length + left.length };
    try {
      // By the index that `nextOpen` has found.
      answers = (await steps[index]?.ask(answers, frame)) ?? answers;
      asked.push(index);
      index = nextOpen(index + 1);
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      index = asked.pop() ?? index;
    }
  }
  return answers;
}
