import { checkEngine } from '../../containers/engine-facts.ts';
import { explainEngineFailure, explainMissingEngine } from '../../containers/engine-problems.ts';
import { Engine } from '../../containers/engine.ts';
import { pullImage, type PullStep } from '../../containers/image-pull.ts';
import { workspaceId } from '../../project/data-folder.ts';
import { ExplainedError, type Problem } from '../../system/errors.ts';
import { ProgramNotFoundError, run } from '../../system/processes/program.ts';
import type { Issuer } from '../issue/issuer.ts';
import {
  OPENSSL_IMAGE,
  opensslArgs,
  putArgs,
  removeArgs,
  runnerArgs,
  takeArgs,
} from './container-commands.ts';
import { RUNNER_FILES } from './openssl-commands.ts';
import { opensslIssuer, PATIENCE, type IssuerOptions } from './openssl-issuer.ts';

/**
 * Makes sure that the container engine answers, is on this machine (it is handed the authority's
 * key), and has the image.
 *
 * @throws ExplainedError `docker-not-installed`, `docker-not-running`, `docker-not-permitted`,
 *   `docker-failed`, `engine-elsewhere`, `image-unknown`, `image-unreachable`
 */
export async function pullOpenssl(options: IssuerOptions): Promise<void> {
  const { containerCommand, signal, report } = options;
  const hear = ({ progress }: PullStep): void => {
    report(`pulling ${OPENSSL_IMAGE}${progress ? ` (${progress})` : ''}`);
  };
  await explainWithout(containerCommand, async () => {
    const engine = new Engine(containerCommand);
    // Without this check a pull would blame the registry for an engine that is not there.
    const availability = await checkEngine(engine, signal);
    if (!availability.available) throw new ExplainedError(availability.problem);
    const wanted = { image: OPENSSL_IMAGE, setting: 'certificate.engine' } as const;
    await pullImage(engine, wanted, hear, signal);
  });
}

/**
 * Issues with OpenSSL in a container, which is removed afterwards. Call it under the lock.
 *
 * @throws ExplainedError `docker-not-installed`, `docker-not-running`, `docker-not-permitted`,
 *   `docker-failed`, `openssl-failed`; AbortError when the signal fires
 */
export async function withContainerOpenssl<T>(
  options: IssuerOptions,
  work: (issuer: Issuer) => Promise<T>,
): Promise<T> {
  const { containerCommand: program, signal, report } = options;
  const started = await explainWithout(program, () =>
    must(options, runnerArgs(workspaceId(options.workspace))),
  );
  const container = started.trim();
  try {
    report(`with ${OPENSSL_IMAGE}`);
    const runner = {
      put: async (file: string, text: string) => {
        await must(options, putArgs(container, file), text);
      },
      take: async (file: string) => `${await must(options, takeArgs(container, file))}\n`,
      openssl: (args: readonly string[]) =>
        run(
          { program, args: opensslArgs(container, RUNNER_FILES.config, args) },
          { signal, timeout: PATIENCE },
        ),
    };
    return await work(await opensslIssuer(runner, options));
  } finally {
    // Also after a cancellation, so without its signal.
    await run({ program, args: removeArgs(container) }, { timeout: PATIENCE });
  }
}

async function must(
  { containerCommand: program, signal }: IssuerOptions,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const outcome = await run({ program, args }, { signal, timeout: PATIENCE, input });
  if (outcome.exitCode === 0) return outcome.stdout;
  throw new ExplainedError(explainEngineFailure(program, outcome.stderr));
}

async function explainWithout<T>(program: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainNoContainer(program, error);
  }
}

/** Why a certificate cannot be made in a container, with the way that needs none. */
export function explainNoContainer(program: string, error: unknown): unknown {
  if (error instanceof ProgramNotFoundError) {
    return new ExplainedError(offerBuiltin(explainMissingEngine(program)), error);
  }
  return error instanceof ExplainedError
    ? new ExplainedError(offerBuiltin(sayForIssuing(error.problem)), error)
    : error;
}

/** A start has another reason to refuse an engine on another machine. */
function sayForIssuing(problem: Problem): Problem {
  if (problem.code !== 'engine-elsewhere') return problem;
  return {
    ...problem,
    why: 'It would get the key of this folder’s authority.',
    next: 'Choose an engine of this machine.',
  };
}

function offerBuiltin(problem: Problem): Problem {
  const instead = 'Or let Chroma TLS make the certificate itself, which needs no program.';
  return {
    ...problem,
    next: [problem.next, instead].filter(Boolean).join(' '),
    action: 'useBuiltinEngine',
  };
}
