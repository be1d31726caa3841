import { CHECKS } from '../diagnosis/all-checks.ts';
import { findSecrets, type Secrets } from '../diagnosis/redact.ts';
import { failWhole, runChecks, type CheckResult } from '../diagnosis/run-checks.ts';
import { openSubject } from '../diagnosis/subject.ts';
import { readComposeToken, readKeptToken } from '../project/bearer-token.ts';
import { ExplainedError } from '../system/errors.ts';
import type { WorkspaceContext } from './context.ts';

export interface Diagnosis {
  /** One for each check, in their order. */
  readonly results: readonly CheckResult[];
  /** What no report may say. */
  readonly secrets: Secrets;
}

/**
 * Looks at everything between a client and this workspace's server, and changes nothing.
 *
 * @param open resolves the workspace; where it cannot, that is the fault
 * @param now milliseconds since 1970, by this machine's clock
 * @throws AbortError when the signal fires
 */
export async function diagnose(
  open: () => Promise<WorkspaceContext>,
  signal: AbortSignal,
  now: () => number = Date.now,
): Promise<Diagnosis> {
  try {
    const context = await open();
    const { workspace } = context;
    const tokens = await Promise.all(
      [readComposeToken, readKeptToken].map((read) => read(workspace).catch(() => undefined)),
    );
    const results = await runChecks(CHECKS, openSubject({ ...context, signal, now }));
    return { results, secrets: findSecrets(tokens.filter((token) => token !== undefined)) };
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    return { results: failWhole(error.problem), secrets: findSecrets([]) };
  }
}
