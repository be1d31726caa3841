import { explainMissing } from '../../chroma/runtimes/docker-problems.ts';
import { ExplainedError, type ProblemText } from '../../errors.ts';
import { ProgramNotFoundError } from '../../process.ts';

/** Why there is no container to make a certificate in, with the way that needs none. */
export function explainNoContainer(program: string, error: unknown): unknown {
  if (error instanceof ProgramNotFoundError) {
    return new ExplainedError(offerBuiltin(explainMissing(program)), error);
  }
  return error instanceof ExplainedError
    ? new ExplainedError(offerBuiltin(error.problem), error)
    : error;
}

function offerBuiltin(problem: ProblemText): ProblemText {
  const instead = 'Or let Chroma TLS make the certificate itself, which needs no program.';
  return {
    ...problem,
    next: [problem.next, instead].filter(Boolean).join(' '),
    action: 'useBuiltinEngine',
  };
}
