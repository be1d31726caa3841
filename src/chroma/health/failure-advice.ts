import type { Action } from '../../system/errors.ts';
import type { ServerFacts } from '../server-facts.ts';
import type { HeartbeatFailure } from './heartbeat-failure.ts';

/** What someone else's server is verified against: the workspace's ca.pem, or this machine's roots. */
export type ExternalTrust = 'ca-file' | 'system';

/**
 * A failed heartbeat of a server that someone else runs, with advice on what can be done from here:
 * it cannot be restarted, and its certificate cannot be generated. Pure.
 */
export function adviseExternal(failure: HeartbeatFailure, trust: ExternalTrust): HeartbeatFailure {
  const { action: _, ...facts } = failure;
  const advice = ADVICE[failure.code];
  if (!advice) return facts;
  const { text, action } = advice(trust);
  return {
    ...facts,
    what: text(failure.what),
    ...(action === undefined ? {} : { action }),
  };
}

type Advice = (trust: ExternalTrust) => {
  readonly text: (message: string) => string;
  readonly action?: Action;
};

const adding =
  (sentence: string, action?: Action): Advice =>
  () => ({
    text: (message) => `${message} ${sentence}`,
    ...(action === undefined ? {} : { action }),
  });

const ADVICE: Readonly<Partial<Record<HeartbeatFailure['code'], Advice>>> = {
  refused: adding('Is it the right domain and port, and does the server run?', 'openSettings'),
  'unknown-host': adding('Set the domain that the server has.', 'setDomain'),
  'plain-http': adding('Is it the right port?', 'openSettings'),
  'name-mismatch': adding('Set a domain that it is good for.', 'setDomain'),
  'unknown-ca': (trust) => ({
    text: () =>
      trust === 'ca-file'
        ? 'The certificate that is served was not signed by the authority in ca.pem. Put the certificate of its own authority there, or remove ca.pem where a public one signed it.'
        : "The certificate that is served was signed by an authority that this machine does not know. Get that authority's certificate from the one who runs the server, and save it as ca.pem in the certificates folder.",
  }),
  'other-certificate': adding(
    'Copy the certificate that it serves, and its ca.pem, from the machine where it runs.',
  ),
  'unsupported-constraint': adding(
    'Copy servercert.pem from the machine where it runs, and put it beside ca.pem: then exactly that certificate is trusted.',
  ),
  expired: adding('Only the one who runs the server can renew it.'),
  'wrong-api': () => ({
    text: () =>
      'A server answers over verified TLS, but it has no Chroma heartbeat: neither /api/v2 nor /api/v1.',
    action: 'openSettings',
  }),
};

/**
 * A failed heartbeat of a server in a user's own Compose file. Where that file has no TLS, a
 * restart does not help, so this offers to change the file. Pure.
 */
export function adviseCompose(
  failure: HeartbeatFailure,
  { tls, proxyService: proxy, port }: Pick<ServerFacts, 'tls' | 'proxyService' | 'port'>,
): HeartbeatFailure {
  if (failure.code !== 'plain-http' || tls !== 'other') return failure;
  const served = proxy === undefined ? 'Chroma' : `the service ${proxy} before Chroma`;
  return {
    ...failure,
    what: `The Compose file publishes ${served} on port ${port} without TLS.`,
    next: 'Create the Compose file again: it puts Chroma behind TLS, and the rest stays as it is.',
    action: 'createComposeFile',
  };
}
