import { parseServerName } from '../project/domain.ts';
import { writeDomain } from '../project/env-file.ts';
import type { WorkspaceContext } from './context.ts';

/**
 * Writes the domain into the env file.
 *
 * @returns the workspace with its new domain
 * @throws ExplainedError `invalid-name`, `env-not-readable`, `env-not-writable`
 */
export async function setDomain(
  context: WorkspaceContext,
  name: string,
): Promise<WorkspaceContext> {
  const domain = parseServerName(name).value;
  await writeDomain(context.envFile, domain);
  await context.server.refreshProject();
  return { ...context, domain, isDomainNew: false };
}
