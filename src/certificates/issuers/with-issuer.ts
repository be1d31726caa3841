import { ExplainedError } from '../../system/errors.ts';
import { ProgramNotFoundError } from '../../system/processes/program.ts';
import type { Settings } from '../../project/settings.ts';
import { builtinEngine } from './builtin.ts';
import { OPENSSL_IMAGE } from './container-commands.ts';
import { pullOpenssl, withContainerWorkbench } from './container-openssl.ts';
import type { Engine } from '../issue/issuer.ts';
import { opensslEngine } from './openssl.ts';
import { explainOldOpenssl, explainOpensslMissing } from './openssl-problems.ts';
import { withHostWorkbench } from './openssl-runner.ts';

export interface EngineOptions {
  readonly engine: Settings['certificateEngine'];
  readonly workspace: string;
  readonly containerCommand: string;
  /** The text of the workspace's `openssl.cnf`. */
  readonly config: string;
  readonly signal: AbortSignal;
  /** Hears what takes long, as a phrase such as `pulling the image (2 of 5 layers)`. */
  readonly report: (step: string) => void;
}

/**
 * Gets what may take minutes to get, so that no lock is held meanwhile.
 *
 * @throws ExplainedError those of a container engine; AbortError when the signal fires
 */
export async function prepareEngine({ engine, ...options }: EngineOptions): Promise<void> {
  if (engine === 'docker') await pullOpenssl({ ...options, program: options.containerCommand });
}

/**
 * Does work with the engine of the settings. Call it under the lock.
 *
 * @throws ExplainedError `openssl-not-installed`, `openssl-too-old`, `openssl-failed`, those of a
 *   container engine, `data-folder-not-usable`; AbortError when the signal fires
 */
export async function withEngine<T>(
  options: EngineOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  switch (options.engine) {
    case 'builtin':
      return work(builtinEngine);
    case 'openssl':
      return withHostOpenssl(options, work);
    case 'docker': {
      const { workspace, containerCommand: program, config, signal, report } = options;
      return withContainerWorkbench({ workspace, program, signal, report }, async (bench) => {
        report(`with ${OPENSSL_IMAGE}`);
        return work(await opensslEngine(bench, config));
      });
    }
  }
}

async function withHostOpenssl<T>(
  { workspace, config, signal, report }: EngineOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  try {
    return await withHostWorkbench(workspace, signal, async (bench) => {
      const { stdout } = await bench.openssl(['version']);
      const old = explainOldOpenssl(stdout);
      if (old) throw new ExplainedError(old);
      report(`with ${stdout.split(' ').slice(0, 2).join(' ').trim()}`);
      return work(await opensslEngine(bench, config));
    });
  } catch (error) {
    if (error instanceof ProgramNotFoundError) throw new ExplainedError(explainOpensslMissing());
    throw error;
  }
}
