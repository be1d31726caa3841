import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { readSystemRoots } from '../../../inspect/system-roots.ts';
import { splitPem } from '../../../encoding/pem-certificates.ts';
import { withTimeLimit } from '../../../../system/time-limit.ts';

/** A question to an ACME server. */
export interface HttpsRequest {
  readonly url: string;
  /** `get` by default. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Milliseconds for one answer; authorities that check much before they answer take several seconds. */
const ANSWER_LIMIT = 60_000;
/** Characters; a chain with its certificates takes ten thousand. */
const LONGEST_ANSWER = 1_000_000;
/** RFC 8555, section 6.1: a client names itself. */
const USER_AGENT = 'chroma-tls';

/**
 * Connections to an ACME server, verified against the public roots, the system's, and these.
 *
 * @param moreRoots PEM of authorities that are trusted besides
 */
export async function openAgent(moreRoots: string | undefined): Promise<Agent> {
  const ca = [...(await readSystemRoots()), ...splitPem(moreRoots ?? '')];
  // Said outright: NODE_TLS_REJECT_UNAUTHORIZED=0 in a user's shell would undo it.
  return new Agent({ keepAlive: true, ca, rejectUnauthorized: true });
}

/**
 * Asks once, over verified TLS. Nothing is followed elsewhere.
 *
 * @throws TimeoutError; what `signal` was aborted with; Node's own errors of the connection and of TLS
 */
export function askOverTls(
  agent: Agent,
  { url, method = 'get', headers = {}, body }: HttpsRequest,
  signal: AbortSignal,
): Promise<HttpsAnswer> {
  return withTimeLimit(
    ANSWER_LIMIT,
    signal,
    (limit) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          url,
          {
            agent,
            method: method.toUpperCase(),
            headers: { ...headers, 'user-agent': USER_AGENT },
            signal: limit,
            rejectUnauthorized: true,
          },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (chunk: string) => {
              text += chunk;
              if (text.length > LONGEST_ANSWER) response.destroy(new Error('It never ends.'));
            });
            response.on('error', reject);
            response.on('end', () => {
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
  );
}
