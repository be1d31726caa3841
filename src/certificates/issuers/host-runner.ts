import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type Outcome } from '../../system/processes/program.ts';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { explainUnusable } from '../../project/private-folder.ts';
import { replaceFile } from '../../system/files/replace-file.ts';
import { RUNNER_FILES } from './openssl-commands.ts';

/** Where OpenSSL works: a few files that nobody else reads, and the program beside them. */
export interface OpensslRunner {
  /** Puts a file there, for nobody but us to read. */
  put(file: string, text: string): Promise<void>;
  take(file: string): Promise<string>;
  /** Runs OpenSSL among the files. */
  openssl(args: readonly string[]): Promise<Outcome>;
}

/** Milliseconds; RSA-4096 on a slow machine takes some of them. */
export const PATIENCE = 60_000;

/**
 * This machine's own OpenSSL, in a private folder beside the authority's, never in the workspace:
 * its key is among the files. The folder is gone afterwards; what a crash left is removed first.
 * Call it under the lock.
 *
 * @throws ExplainedError `data-folder-not-usable`; ProgramNotFoundError
 */
export async function withHostRunner<T>(
  workspace: string,
  signal: AbortSignal | undefined,
  work: (runner: OpensslRunner) => Promise<T>,
): Promise<T> {
  const folder = runnerFolder(workspace);
  await clearHostRunner(workspace);
  await explainUnusable(() => mkdir(folder, { recursive: true, mode: 0o700 }));
  try {
    return await work({
      put: (file, text) => explainUnusable(() => replaceFile(join(folder, file), text, 0o600)),
      take: (file) => readFile(join(folder, file), 'utf8'),
      openssl: (args) =>
        // The machine's own configuration may load what the profile knows nothing of.
        run(
          { program: 'openssl', args, env: { OPENSSL_CONF: join(folder, RUNNER_FILES.config) } },
          { cwd: folder, signal, timeout: PATIENCE },
        ),
    });
  } finally {
    await clearHostRunner(workspace);
  }
}

/**
 * Removes what a killed OpenSSL left, keys among it. Call it under the lock.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function clearHostRunner(workspace: string): Promise<void> {
  await explainUnusable(() => rm(runnerFolder(workspace), { recursive: true, force: true }));
}

function runnerFolder(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'issuing');
}
