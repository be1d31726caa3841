import type { ServerFacts } from '../chroma/server-facts.ts';
import { readComposeToken, readKeptToken } from '../project/bearer-token.ts';
import type { WorkspaceContext } from './context.ts';

/**
 * The bearer token that clients of a server present: a Compose project and someone else's server have
 * theirs in the env file, any other has it in the user's data folder. Secret.
 *
 * @returns undefined where it asks for none, or nobody knows it
 * @throws ExplainedError `outside-workspace`, `env-not-readable`, `data-folder-not-usable`
 */
export async function findBearerToken(
  workspace: string,
  { runtime, asksForToken }: ServerFacts,
): Promise<string | undefined> {
  if (runtime === 'compose' || runtime === 'external') return readComposeToken(workspace);
  return asksForToken ? readKeptToken(workspace) : undefined;
}

/** The same of the server that runs; undefined where none does. Secret. */
export async function findRunningToken({
  workspace,
  server,
}: Pick<WorkspaceContext, 'workspace' | 'server'>): Promise<string | undefined> {
  const { observation } = server.snapshot;
  return observation.kind === 'running'
    ? findBearerToken(workspace, observation.server)
    : undefined;
}
