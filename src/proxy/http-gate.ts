import { createHash, timingSafeEqual } from 'node:crypto';
import {
  Agent,
  createServer,
  request as askUpstream,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CORS } from './cors.ts';
import { IDLE_SECONDS, OPEN_PATHS } from './tls-proxy.ts';

/** What the embedded proxy asks of a request. */
export interface GateRules {
  /** SHA-256 of the bearer token, in hexadecimal; none: every client may ask. */
  readonly tokenHash?: string;
  /** The origins whose pages may ask. */
  readonly corsOrigins: readonly string[];
}

/** Milliseconds that a client may keep a connection without a request; nginx has the same. */
const KEPT = 75_000;
/** Milliseconds that we keep one to Chroma: uvicorn itself ends it after five seconds. */
const KEPT_UPSTREAM = 2000;

/**
 * Looks into each request of a connection before it is passed on to Chroma. A client that has
 * presented its token has to do so again with the next request, because another proxy may put those of
 * several users on one connection.
 *
 * @param upstreamPort of Chroma, on this machine's loopback address
 * @returns takes over a connection whose TLS has ended
 */
export function openGate(rules: GateRules, upstreamPort: number): (client: Duplex) => void {
  const agent = new BriefAgent({ keepAlive: true });
  const server = createServer((request, response) => {
    const cors = corsHeaders(rules, request);
    if (isPreflight(request) && cors.length > 0) {
      response.writeHead(204, [...cors, ...PREFLIGHT_ANSWER]).end();
    } else if (isAllowed(rules, request)) {
      passOn(request, response, { agent, upstreamPort, cors });
    } else {
      request.resume();
      response.writeHead(401, [
        ...cors,
        'www-authenticate',
        'Bearer',
        'content-type',
        'text/plain',
      ]);
      response.end('This server asks for a bearer token.\n');
    }
  });
  server.timeout = IDLE_SECONDS * 1000;
  server.requestTimeout = 0;
  server.keepAliveTimeout = KEPT;
  // The parser obeys every header, so all are to be seen here; their size has a limit of its own.
  server.maxHeadersCount = 0;
  return (client) => server.emit('connection', client);
}

/** Keeps a connection to Chroma for a shorter time than Chroma does, so that none is used as it ends. */
class BriefAgent extends Agent {
  override keepSocketAlive(socket: Socket): boolean {
    // It is declared to answer nothing, and answers whether the connection can be kept.
    const keep: (socket: Socket) => unknown = super.keepSocketAlive.bind(this);
    const isKept = keep(socket) === true;
    socket.setTimeout(KEPT_UPSTREAM);
    return isKept;
  }
}

const PREFLIGHT_ANSWER = [
  ...['access-control-allow-methods', CORS.methods],
  ...['access-control-allow-headers', CORS.headers],
  ...['access-control-max-age', CORS.maxAge],
];

/** A browser asks first, and never with a token. */
function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

/** What lets the page that asks read the answer; nothing for a page of another origin. */
function corsHeaders({ corsOrigins }: GateRules, { headers }: IncomingMessage): readonly string[] {
  const { origin } = headers;
  if (origin === undefined || !corsOrigins.includes(origin)) return [];
  return ['access-control-allow-origin', origin, 'vary', 'Origin'];
}

function isAllowed({ tokenHash }: GateRules, request: IncomingMessage): boolean {
  if (tokenHash === undefined || isPreflight(request)) return true;
  const [path = ''] = (request.url ?? '').split('?');
  if (OPEN_PATHS.includes(path)) return true;
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  // Of hashes a comparison's time tells nothing; they have one length, too.
  const presented = createHash('sha256').update(token).digest();
  return timingSafeEqual(presented, Buffer.from(tokenHash, 'hex'));
}

interface Onward {
  readonly agent: Agent;
  readonly upstreamPort: number;
  readonly cors: readonly string[];
}

function passOn(request: IncomingMessage, response: ServerResponse, onward: Onward): void {
  const { agent, upstreamPort, cors } = onward;
  const { method, url } = request;
  const length = framing(request);
  const upstream = askUpstream({
    ...{ host: '127.0.0.1', port: upstreamPort, agent, method, path: url },
    headers: [...withoutOwn(request.rawHeaders, ['expect', 'content-length']), ...length],
  });
  upstream.once('response', (answer) => {
    const { statusCode = 502, statusMessage, rawHeaders } = answer;
    const replaced = cors.length > 0 ? ['access-control-allow-origin'] : [];
    response.sendDate = false;
    response.writeHead(statusCode, statusMessage, [...withoutOwn(rawHeaders, replaced), ...cors]);
    answer.pipe(response);
    // An answer that breaks off must not look like a whole one.
    answer.once('error', () => response.destroy());
  });
  upstream.once('error', () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, [...cors]).end('Chroma does not answer.\n');
  });
  if (length.length > 0) request.pipe(upstream);
  else upstream.end();
  response.once('close', () => upstream.destroy());
}

/**
 * How long the body is, as it was read here. Without it Node.js sends the body of a GET as it is, and
 * Chroma would take it for a next request, which nobody has looked into (RFC 9112 section 11.2).
 */
function framing({ headers }: IncomingMessage): readonly string[] {
  if (headers['transfer-encoding'] !== undefined) return ['transfer-encoding', 'chunked'];
  const length = headers['content-length'];
  return length === undefined ? [] : ['content-length', length];
}

/** What belongs to one connection, and is not passed on to the next (RFC 9110 section 7.6.1). */
const OF_CONNECTION = [
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  'upgrade',
];

/** Headers as Node.js has them, name and value in turn, without those of the connection and some others. */
function withoutOwn(raw: readonly string[], others: readonly string[]): string[] {
  const pairs = raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : [],
  );
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((word) => word.trim().toLowerCase()));
  const left = new Set([...OF_CONNECTION, ...named, ...others]);
  return pairs.filter(([name]) => !left.has(name.toLowerCase())).flat();
}
