import { ExplainedError } from '../../system/errors.ts';
import { withTimeLimit } from '../../system/time-limit.ts';
import { askTrusting, openAgent, type HeartbeatTarget } from './heartbeat-client.ts';
import { classifyFailure } from './heartbeat-failure.ts';
import {
  AnswerError,
  askHeartbeat,
  askVerified,
  isPathMissing,
  probeName,
  type ConnectionFacts,
  type HeartbeatRequest,
} from './heartbeat-request.ts';

/** How long (ms) all of it may take. */
const LIMIT = 10_000;

/** What a client of a server finds. */
export interface ConnectionFigures extends ConnectionFacts {
  /** The name the certificate was verified for. */
  readonly name: string;
  /** Of the served certificate, as `AA:BB:…`. */
  readonly fingerprint256: string;
  /** Milliseconds from the look-up of the name to the first answer. */
  readonly connectMs: number;
  /** Milliseconds of one question on the open connection. */
  readonly latencyMs: number;
  /** How many the default database has; none where the server cannot count. */
  readonly collections?: number;
}

/**
 * Does what a client does before its first query: looks the name up, connects, verifies the
 * certificate, and asks for a heartbeat, the version and the collections of the default database.
 * It only reads.
 *
 * @param token what clients present, where they have to. Secret
 * @throws ExplainedError as the heartbeat explains it, `token-refused`; AbortError
 */
export async function testAsClient(
  target: HeartbeatTarget,
  token: string | undefined,
  signal?: AbortSignal,
): Promise<ConnectionFigures> {
  const { port, name, paths, explain = classifyFailure } = target;
  const address = probeName(name);
  const agent = openAgent();
  const common = { address, port, name, agent, ...(token === undefined ? {} : { token }) };
  let path = paths[0];
  try {
    return await withTimeLimit(LIMIT, signal, async (limit) => {
      return askTrusting(target, async (trust) => {
        const request = { ...common, trust };
        const started = performance.now();
        // Of someone else's server nobody knows the version: v2 is asked first, then v1.
        for (const each of paths) {
          path = each;
          const isLast = each === paths.at(-1);
          if (await beats({ ...request, path }, limit, isLast)) break;
        }
        const connected = performance.now();
        const { connection, certificate } = await askHeartbeat({ ...request, path }, limit);
        const answered = performance.now();
        const api = path.replace(/heartbeat$/, '');
        const collections = await countCollections({ ...request, path: api }, limit);
        return {
          name: address,
          ...connection,
          fingerprint256: certificate.fingerprint256,
          connectMs: Math.round(connected - started),
          latencyMs: Math.round((answered - connected) * 10) / 10,
          ...(collections === undefined ? {} : { collections }),
        };
      });
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ExplainedError) throw error;
    throw new ExplainedError(explain(error, { address, port, name, path }), error);
  } finally {
    agent.destroy();
  }
}

/** Whether the server has this API; false only where another one can be tried. */
async function beats(
  request: HeartbeatRequest,
  limit: AbortSignal,
  isLast: boolean,
): Promise<boolean> {
  try {
    await askHeartbeat(request, limit);
    return true;
  } catch (error) {
    if (isPathMissing(error) && !isLast) return false;
    throw error;
  }
}

/** @param request its path is that of the API, such as `/api/v2/` */
async function countCollections(
  request: HeartbeatRequest,
  limit: AbortSignal,
): Promise<number | undefined> {
  const { path: api, token } = request;
  const path = api.endsWith('/v2/')
    ? `${api}tenants/default_tenant/databases/default_database/collections_count`
    : `${api}count_collections`;
  const { status, body } = await askVerified({ ...request, path }, limit);
  if (status === 401 || status === 403) {
    throw new ExplainedError({
      code: 'token-refused',
      what:
        token === undefined
          ? 'The server asks for a token, and none is known.'
          : 'The server does not take the token that is known.',
      next: 'Restart it, or write the right one into .env as CHROMA_TOKEN.',
    });
  }
  // 0.4 counts only with its later versions.
  if (status === 404) return undefined;
  const count = Number(body.trim());
  if (status !== 200 || !Number.isSafeInteger(count)) throw new AnswerError(status);
  return count;
}
