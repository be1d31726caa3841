import { explainEngineFailure } from '../../containers/engine-problems.ts';
import { Engine } from '../../containers/engine.ts';
import { checkEngine } from '../../containers/engine-facts.ts';
import { pullImage, type PullStep } from '../../containers/image-pull.ts';
import { ExplainedError } from '../../system/errors.ts';
import { run } from '../../system/processes/program.ts';
import { workspaceId } from '../../project/data-folder.ts';
import {
  runnerArgs,
  removeArgs,
  OPENSSL_IMAGE,
  opensslArgs,
  putArgs,
  takeArgs,
} from './container-commands.ts';
import { explainNoContainer } from './container-problems.ts';
import { RUNNER_FILES } from './openssl-commands.ts';
import { PATIENCE, type OpensslRunner } from './host-runner.ts';

export interface ContainerOptions {
  readonly workspace: string;
  /** `docker`, `podman`, or a path. */
  readonly program: string;
  readonly signal: AbortSignal;
  readonly report: (step: string) => void;
}

/**
 * Makes sure that the engine answers, is on this machine, for the authority's key is handed to it,
 * and has the image.
 *
 * @throws ExplainedError `docker-not-installed`, `docker-not-running`, `docker-not-permitted`,
 *   `docker-failed`, `engine-elsewhere`, `image-unknown`, `image-unreachable`
 */
export async function pullOpenssl(options: ContainerOptions): Promise<void> {
  const { program, signal, report } = options;
  const hear = ({ progress }: PullStep): void => {
    report(`pulling ${OPENSSL_IMAGE}${progress ? ` (${progress})` : ''}`);
  };
  await explainWithout(program, async () => {
    const engine = new Engine(program);
    // A pull would call an engine that is not there a registry that is not there.
    const availability = await checkEngine(engine, signal);
    if (!availability.available) throw new ExplainedError(availability.problem);
    const wanted = { image: OPENSSL_IMAGE, setting: 'certificate.engine' } as const;
    await pullImage(engine, wanted, hear, signal);
  });
}

/**
 * OpenSSL in a container of the user's own engine, which is taken away afterwards.
 *
 * @throws ExplainedError `docker-not-installed`, `docker-not-running`, `docker-not-permitted`,
 *   `docker-failed`
 */
export async function withContainerRunner<T>(
  options: ContainerOptions,
  work: (runner: OpensslRunner) => Promise<T>,
): Promise<T> {
  const { program, signal } = options;
  const started = await explainWithout(program, () =>
    must(options, runnerArgs(workspaceId(options.workspace))),
  );
  const container = started.trim();
  try {
    return await work({
      put: async (file, text) => {
        await must(options, putArgs(container, file), text);
      },
      take: async (file) => `${await must(options, takeArgs(container, file))}\n`,
      openssl: (args) =>
        run(
          { program, args: opensslArgs(container, RUNNER_FILES.config, args) },
          { signal, timeout: PATIENCE },
        ),
    });
  } finally {
    // Also after a cancellation, so without its signal.
    await run({ program, args: removeArgs(container) }, { timeout: PATIENCE });
  }
}

async function must(
  { program, signal }: ContainerOptions,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const outcome = await run({ program, args }, { signal, timeout: PATIENCE, input });
  if (outcome.exitCode !== 0) {
    throw new ExplainedError(explainEngineFailure(program, outcome.stderr));
  }
  return outcome.stdout;
}

async function explainWithout<T>(program: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainNoContainer(program, error);
  }
}
