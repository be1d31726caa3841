import { Agent, request, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import { classifyFailure, type HeartbeatFailure } from './heartbeat-failure.ts';

export interface HeartbeatOk {
  readonly ok: true;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Round trip in milliseconds. */
  readonly latencyMs: number;
  /** Of the certificate the server showed, as `AA:BB:…`. */
  readonly servedFingerprint256: string;
}

export type Probe =
  | HeartbeatOk
  | {
      readonly ok: false;
      readonly at: number;
      readonly failure: HeartbeatFailure;
      /** Whether this same server has answered before. */
      readonly answeredBefore: boolean;
    };

export interface HeartbeatTarget {
  /** The address to connect to, such as `127.0.0.1`. */
  readonly address: string;
  readonly port: number;
  /** The name the certificate must be good for: a host name or an IP address. */
  readonly name: string;
  readonly path: string;
  /** The only certificates that are trusted, in PEM. */
  readonly trustAnchors: string;
  /** The certificate the server should serve, in PEM, its signatures up to an anchor checked. */
  readonly leaf?: string;
}

/** How long (ms) one heartbeat may take. */
const TIMEOUT = 5000;

/**
 * The pulse of one server: every beat goes through TLS verified against this workspace's own
 * authority and nothing else, on one connection that is kept alive between beats.
 */
export class Heartbeat {
  readonly #target: HeartbeatTarget;
  readonly #agent: Agent;
  #answered = false;
  #trust: Pick<RequestOptions, 'ca' | 'allowPartialTrustChain'>;

  constructor(target: HeartbeatTarget) {
    this.#target = target;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.#trust = { ca: target.trustAnchors };
  }

  /** One beat. Never throws: a failure is a result, with its name. */
  async beat(signal?: AbortSignal): Promise<Probe> {
    const started = performance.now();
    try {
      const served = await this.#askAsCan(signal);
      this.#answered = true;
      return {
        ok: true,
        at: Date.now(),
        latencyMs: Math.round((performance.now() - started) * 10) / 10,
        servedFingerprint256: served,
      };
    } catch (error) {
      return {
        ok: false,
        at: Date.now(),
        failure: classifyFailure(error, { ...this.#target, pinned: this.#isPinned }),
        answeredBefore: this.#answered,
      };
    }
  }

  dispose(): void {
    this.#agent.destroy();
  }

  get #isPinned(): boolean {
    return this.#trust.allowPartialTrustChain === true;
  }

  /**
   * BoringSSL, on which desktop VS Code runs, gives up on an authority that is constrained to IP
   * addresses ("unsupported name constraint type"). There the leaf on disk, whose chain was
   * checked, is what is trusted: this very certificate and no other, its name and dates as ever.
   */
  async #askAsCan(signal: AbortSignal | undefined): Promise<string> {
    try {
      return await this.#ask(signal);
    } catch (error) {
      const { leaf } = this.#target;
      if (leaf === undefined || this.#isPinned || !isUnsupportedConstraint(error)) throw error;
      this.#trust = { ca: leaf, allowPartialTrustChain: true };
      return this.#ask(signal);
    }
  }

  #ask(signal: AbortSignal | undefined): Promise<string> {
    const { address, port, name, path } = this.#target;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: address,
          port,
          path,
          agent: this.#agent,
          ...this.#trust,
          // RFC 6066 allows no IP address as a server name; the check below uses `name` anyway.
          servername: isIP(name) ? '' : probeName(name),
          checkServerIdentity: (_, certificate) =>
            checkServerIdentity(probeName(name), certificate),
          headers: { host: `${isIP(name) === 6 ? `[${name}]` : probeName(name)}:${port}` },
          timeout: TIMEOUT,
          ...(signal ? { signal } : {}),
        },
        (response) => {
          // Read before the body ends: the agent takes the socket back then.
          const fingerprint =
            response.socket instanceof TLSSocket
              ? response.socket.getPeerCertificate().fingerprint256
              : '';
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            if (body.length < 4096) body += chunk;
          });
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode === 200 && body.includes('nanosecond heartbeat')) {
              resolve(fingerprint);
            } else {
              reject(new AnswerError(response.statusCode ?? 0));
            }
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new TimeoutError()));
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
}

/** A server answered over verified TLS, but not with a heartbeat. */
export class AnswerError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The server answered with status ${status}.`);
    this.status = status;
  }
}

export class TimeoutError extends Error {
  constructor() {
    super(`No answer in ${TIMEOUT} ms.`);
  }
}

function isUnsupportedConstraint(error: unknown): boolean {
  return error instanceof Error && /unsupported name constraint/i.test(error.message);
}

/** A wildcard stands for any name below it; one such name is asked for. */
function probeName(name: string): string {
  return name.replace(/^\*\./, 'chroma.');
}
