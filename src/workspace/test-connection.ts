import { testAsClient, type ConnectionFigures } from '../chroma/health/connection-test.ts';
import { describeTarget } from '../chroma/health/heartbeat-target.ts';
import { endpointUrl } from '../project/endpoint.ts';
import { ExplainedError } from '../system/errors.ts';
import { findBearerToken } from './client-token.ts';
import type { WorkspaceContext } from './context.ts';

/** What a client finds, and where. */
export interface TestedConnection extends ConnectionFigures {
  readonly url: string;
}

/**
 * Reaches the workspace's server as a client does, verified as always; it changes nothing.
 *
 * @throws ExplainedError `no-server`, that of a server which cannot serve, those of the heartbeat,
 *   `token-refused`; AbortError
 */
export async function testConnection(
  { workspace, certificatesFolder, domain, server }: WorkspaceContext,
  signal?: AbortSignal,
): Promise<TestedConnection> {
  await server.observe();
  const { observation } = server.snapshot;
  if (observation.kind === 'impaired') throw new ExplainedError(observation.problem);
  if (observation.kind !== 'running') {
    throw new ExplainedError({
      code: 'no-server',
      what: 'No Chroma server runs for this folder.',
      action: 'startServer',
    });
  }
  const { server: facts } = observation;
  const target = await describeTarget(facts, domain, certificatesFolder);
  const found = await testAsClient(target, await findBearerToken(workspace, facts), signal);
  return { ...found, url: endpointUrl(domain, facts.port) };
}
