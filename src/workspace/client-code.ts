import type { Client } from '../clients/client.ts';
import { renderSnippet } from '../clients/render-snippet.ts';
import { ExplainedError } from '../system/errors.ts';
import type { WorkspaceContext } from './context.ts';
import { describeConnection } from './describe-connection.ts';

/**
 * The code that connects a client to this workspace's server.
 *
 * @throws ExplainedError `client-unfit`, those of `describeConnection`
 */
export async function writeClientCode(context: WorkspaceContext, client: Client): Promise<string> {
  const connection = await describeConnection(context);
  const refusal = client.refuse?.(connection);
  if (refusal !== undefined) {
    throw new ExplainedError({
      code: 'client-unfit',
      what: `${client.name} cannot talk to this server.`,
      why: refusal,
      next: 'Choose another client, or a newer image.',
    });
  }
  return renderSnippet(client, connection);
}
