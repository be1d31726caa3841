import { ExplainedError } from '../../system/errors.ts';
import { ProgramNotFoundError } from '../../system/processes/program.ts';
import type { Settings } from '../../project/settings.ts';
import { builtinIssuer } from './builtin.ts';
import { OPENSSL_IMAGE } from './container-commands.ts';
import { pullOpenssl, withContainerRunner } from './container-runner.ts';
import type { Issuer } from '../issue/issuer.ts';
import { opensslIssuer } from './openssl-issuer.ts';
import { explainOldOpenssl, explainOpensslMissing } from './openssl-problems.ts';
import { withHostRunner } from './host-runner.ts';

export interface IssuerOptions {
  readonly engine: Settings['certificateEngine'];
  readonly workspace: string;
  readonly containerCommand: string;
  /** Renders the workspace's `openssl.cnf`, which the built-in issuer does not need. */
  readonly renderConfig: () => string;
  readonly signal: AbortSignal;
  /** Hears what takes long, as a phrase such as `pulling the image (2 of 5 layers)`. */
  readonly report: (step: string) => void;
}

/**
 * Gets what may take minutes to get, so that no lock is held meanwhile.
 *
 * @throws ExplainedError those of a container engine; AbortError when the signal fires
 */
export async function prepareIssuer({ engine, ...options }: IssuerOptions): Promise<void> {
  if (engine === 'docker') await pullOpenssl({ ...options, program: options.containerCommand });
}

/**
 * Does work with the engine of the settings. Call it under the lock.
 *
 * @throws ExplainedError `openssl-not-installed`, `openssl-too-old`, `openssl-failed`, those of a
 *   container engine, `data-folder-not-usable`; AbortError when the signal fires
 */
export async function withIssuer<T>(
  options: IssuerOptions,
  work: (engine: Issuer) => Promise<T>,
): Promise<T> {
  switch (options.engine) {
    case 'builtin':
      return work(builtinIssuer);
    case 'openssl':
      return withHostOpenssl(options, work);
    case 'docker': {
      const { workspace, containerCommand: program, renderConfig, signal, report } = options;
      return withContainerRunner({ workspace, program, signal, report }, async (runner) => {
        report(`with ${OPENSSL_IMAGE}`);
        return work(await opensslIssuer(runner, renderConfig()));
      });
    }
  }
}

async function withHostOpenssl<T>(
  { workspace, renderConfig, signal, report }: IssuerOptions,
  work: (engine: Issuer) => Promise<T>,
): Promise<T> {
  try {
    return await withHostRunner(workspace, signal, async (runner) => {
      const { stdout } = await runner.openssl(['version']);
      const old = explainOldOpenssl(stdout);
      if (old) throw new ExplainedError(old);
      report(`with ${stdout.split(' ').slice(0, 2).join(' ').trim()}`);
      return work(await opensslIssuer(runner, renderConfig()));
    });
  } catch (error) {
    if (error instanceof ProgramNotFoundError) throw new ExplainedError(explainOpensslMissing());
    throw error;
  }
}
