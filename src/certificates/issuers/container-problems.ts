import { explainMissing } from '../../containers/engine-problems.ts';
import { ExplainedError, type ProblemText } from '../../system/errors.ts';
import { ProgramNotFoundError } from '../../system/processes/program.ts';

/** Why there is no container to make a certificate in, with the way that needs none. */
export function explainNoContainer(program: string, error: unknown): unknown {
  if (error instanceof ProgramNotFoundError) {
    return new ExplainedError(offerBuiltin(explainMissing(program)), error);
  }
  return error instanceof ExplainedError
    ? new ExplainedError(offerBuiltin(sayForIssuing(error.problem)), error)
    : error;
}

/** A start has other reasons not to go to another machine. */
function sayForIssuing(problem: ProblemText): ProblemText {
  if (problem.code !== 'engine-elsewhere') return problem;
  return {
    ...problem,
    why: 'It would be handed the key of this folder’s authority.',
    next: 'Choose an engine of this machine.',
  };
}

function offerBuiltin(problem: ProblemText): ProblemText {
  const instead = 'Or let Chroma TLS make the certificate itself, which needs no program.';
  return {
    ...problem,
    next: [problem.next, instead].filter(Boolean).join(' '),
    action: 'useBuiltinEngine',
  };
}
