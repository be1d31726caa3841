import type { HeartbeatFailure } from './heartbeat-failure.ts';
import type { ServerFacts } from '../server-facts.ts';

/**
 * A failed heartbeat of a server as a user's own Compose file has it: where that has no TLS, no
 * restart gives it one. Pure.
 */
export function adviseCompose(
  failure: HeartbeatFailure,
  { tls, proxyService: proxy, port }: Pick<ServerFacts, 'tls' | 'proxyService' | 'port'>,
): HeartbeatFailure {
  if (failure.code !== 'plain-http' || tls !== 'other') return failure;
  const served = proxy === undefined ? 'Chroma' : `the service ${proxy} before Chroma`;
  return {
    ...failure,
    what: `The Compose file publishes ${served} on port ${port} without TLS. Create the Compose file: Chroma is put behind TLS, and the rest stays as it is.`,
    action: 'createComposeFile',
  };
}
