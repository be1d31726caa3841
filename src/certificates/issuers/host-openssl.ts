import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainUnusable } from '../../project/data-folder.ts';
import { ExplainedError } from '../../system/errors.ts';
import { replaceFile } from '../../system/files/replace-file.ts';
import { ProgramNotFoundError, run } from '../../system/processes/program.ts';
import type { Issuer } from '../issue/issuer.ts';
import { RUNNER_FILES } from './openssl-commands.ts';
import {
  opensslIssuer,
  PATIENCE,
  type IssuerOptions,
  type OpensslRunner,
} from './openssl-issuer.ts';
import { explainOldOpenssl, explainOpensslMissing } from './openssl-problems.ts';
import { clearRunnerFolder, runnerFolder } from './runner-folder.ts';

/**
 * Issues with this machine's own OpenSSL, in a private folder that is removed afterwards. Call it
 * under the lock.
 *
 * @throws ExplainedError `openssl-not-installed`, `openssl-too-old`, `openssl-failed`,
 *   `data-folder-not-usable`; AbortError when the signal fires
 */
export async function withHostOpenssl<T>(
  options: IssuerOptions,
  work: (issuer: Issuer) => Promise<T>,
): Promise<T> {
  const { workspace, signal, report } = options;
  const folder = runnerFolder(workspace);
  await clearRunnerFolder(workspace);
  await explainUnusable(() => mkdir(folder, { recursive: true, mode: 0o700 }));
  // The machine's own configuration may load what the profile does not know.
  const env = { OPENSSL_CONF: join(folder, RUNNER_FILES.config) };
  const runner: OpensslRunner = {
    put: (file, text) => explainUnusable(() => replaceFile(join(folder, file), text, 0o600)),
    take: (file) => readFile(join(folder, file), 'utf8'),
    openssl: (args) =>
      run({ program: 'openssl', args, env }, { cwd: folder, signal, timeout: PATIENCE }),
  };
  try {
    const { stdout } = await runner.openssl(['version']);
    const old = explainOldOpenssl(stdout);
    if (old) throw new ExplainedError(old);
    report(`with ${stdout.split(' ').slice(0, 2).join(' ').trim()}`);
    return await work(await opensslIssuer(runner, options));
  } catch (error) {
    if (error instanceof ProgramNotFoundError) throw new ExplainedError(explainOpensslMissing());
    throw error;
  } finally {
    await clearRunnerFolder(workspace);
  }
}
