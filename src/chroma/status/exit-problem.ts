import type { Problem } from '../../system/errors.ts';
import type { Observation } from '../server-facts.ts';

/** What a user is told of a part that ended by itself. Pure. */
export function describeExit({
  part,
  exitCode,
  wasKilled,
}: Extract<Observation, { kind: 'exited' }>): Problem {
  const common = {
    code: 'server-exited',
    next: 'Start it again, or read its last log lines.',
    action: 'startServer',
  } as const;
  if (wasKilled) {
    return {
      ...common,
      what: `The ${part} was killed.`,
      why: 'Another program ended it, or the memory was full, and Chroma ended with it.',
    };
  }
  return {
    ...common,
    what:
      exitCode === undefined
        ? `The ${part} has ended.`
        : `The ${part} exited with code ${exitCode}.`,
    ...describeEnd(exitCode),
  };
}

/** What an exit code tells beyond itself: 128 and a signal's number, or a quiet end. */
function describeEnd(exitCode: number | undefined): { readonly why?: string } {
  switch (exitCode) {
    case 0:
    case 143:
      return { why: 'It was stopped from outside.' };
    case 137:
      return { why: 'It was killed from outside, or ran out of memory.' };
    default:
      return {};
  }
}
