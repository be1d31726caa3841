import { request, type Agent } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity, TLSSocket, type DetailedPeerCertificate } from 'node:tls';

/** One question to a server. */
export interface HeartbeatRequest {
  /** The address or the host to connect to. */
  readonly address: string;
  readonly port: number;
  /** The name the certificate must be good for: a host name or an IP address. */
  readonly name: string;
  readonly path: string;
  /** What the server answers to this user alone. Secret. */
  readonly token?: string;
  readonly agent: Agent;
  /** The only certificates that are trusted, in PEM. */
  readonly trust: { readonly ca: string | string[]; readonly allowPartialTrustChain?: true };
}

/** What a server answered, whatever it is. */
export interface Answer extends HeartbeatAnswer {
  readonly status: number;
  readonly body: string;
}

/** The connection of an answer to a heartbeat request. */
export interface HeartbeatAnswer {
  /** The connection it came on, which the next request may use again. */
  readonly socket: TLSSocket;
  /** The certificate that was verified when that connection was made, with its chain. */
  readonly certificate: DetailedPeerCertificate;
  readonly connection: ConnectionFacts;
}

/** What a connection is like; it may be closed by the time somebody asks. */
export interface ConnectionFacts {
  /** The address at its other end. */
  readonly address: string;
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
}

/** A server answered over verified TLS, but not with a heartbeat. */
export class AnswerError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The server answered with status ${status}.`);
    this.status = status;
  }
}

/** Characters; a heartbeat takes fifty. */
const LONGEST_ANSWER = 4096;

/** Whether the server says that it does not have a path: one of its other versions may have another. */
export function isPathMissing(error: unknown): boolean {
  return error instanceof AnswerError && [404, 410].includes(error.status);
}

/**
 * Asks for a heartbeat once, as `askVerified` does.
 *
 * @throws AnswerError where the answer is another one; those of `askVerified`
 */
export async function askHeartbeat(
  asked: HeartbeatRequest,
  signal: AbortSignal,
): Promise<HeartbeatAnswer> {
  const { status, body, ...answer } = await askVerified(asked, signal);
  if (status !== 200 || !body.includes('nanosecond heartbeat')) throw new AnswerError(status);
  return answer;
}

/**
 * Asks once, over TLS that is verified against the given trust and nothing else.
 *
 * @param signal ends the request at once
 * @throws AnswerError for an answer that is too long; Node's own errors of the connection and of TLS
 */
export function askVerified(asked: HeartbeatRequest, signal: AbortSignal): Promise<Answer> {
  const { address, port, name, path, token, agent, trust } = asked;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: address,
        port,
        path,
        agent,
        ...trust,
        // Set explicitly: NODE_TLS_REJECT_UNAUTHORIZED=0 in a user's shell would switch it off.
        rejectUnauthorized: true,
        // RFC 6066 allows no IP address as a server name; the check below uses `name` anyway.
        servername: isIP(name) ? '' : probeName(name),
        checkServerIdentity: (_, certificate) => checkServerIdentity(probeName(name), certificate),
        headers: {
          host: `${isIP(name) === 6 ? `[${name}]` : probeName(name)}:${port}`,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        signal,
      },
      (response) => {
        // Read before the body ends: the agent takes the socket back then.
        const { socket, statusCode = 0 } = response;
        const answer = socket instanceof TLSSocket && {
          socket,
          certificate: socket.getPeerCertificate(true),
          connection: {
            address: socket.remoteAddress ?? address,
            protocol: socket.getProtocol() ?? '',
            cipher: socket.getCipher().standardName,
          },
        };
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          // An answer without an end is not a heartbeat, and must not fill the memory.
          if (body.length > LONGEST_ANSWER) response.destroy(new AnswerError(statusCode));
        });
        response.on('error', reject);
        response.on('end', () => {
          if (answer) resolve({ ...answer, status: statusCode, body });
          else reject(new AnswerError(statusCode));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** A wildcard stands for any name below it, so one such name is asked for. */
export function probeName(name: string): string {
  return name.replace(/^\*\./, 'chroma.');
}
