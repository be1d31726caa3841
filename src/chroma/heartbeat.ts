import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity, TLSSocket, type PeerCertificate } from 'node:tls';
import type { CertificateFacts } from '../certificates/inspect.ts';
import { systemCode } from '../errors.ts';
import { classifyFailure, type Asked, type HeartbeatFailure } from './heartbeat-failure.ts';

export interface HeartbeatOk {
  readonly ok: true;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Round trip in milliseconds. */
  readonly latencyMs: number;
  /** Of the certificate the server showed, as `AA:BB:…`. */
  readonly servedFingerprint256: string;
  /** What that certificate says, where no disk of ours holds it. */
  readonly served?: CertificateFacts;
}

export type Probe =
  | HeartbeatOk
  | {
      readonly ok: false;
      readonly at: number;
      readonly failure: HeartbeatFailure;
      /** Whether this same server has answered before. */
      readonly answeredBefore: boolean;
      /** The certificate it showed, its chain verified: only the name can be wrong with it. */
      readonly served?: CertificateFacts;
    };

export interface HeartbeatTarget {
  /** The address or the host to connect to, such as `127.0.0.1`. */
  readonly address: string;
  readonly port: number;
  /** The name the certificate must be good for: a host name or an IP address. */
  readonly name: string;
  /** Where it is asked; the next one where a server says it has no such path. */
  readonly paths: readonly [string, ...string[]];
  /** The only certificates that are trusted, in PEM. */
  readonly trustAnchors: string | readonly string[];
  /** The certificate the server should serve, in PEM, its signatures up to an anchor checked. */
  readonly leaf?: string;
  /** Reads the certificate that is served (DER), where what it says is known from nowhere else. */
  readonly readServed?: (certificate: Buffer) => CertificateFacts;
  /** Names a failure in the words that fit whose server it is; ours by default. */
  readonly explain?: (error: unknown, asked: Asked) => HeartbeatFailure;
}

/** A certificate as it came over the wire. */
type Served = Pick<PeerCertificate, 'fingerprint256' | 'raw'>;

/** How long (ms) one heartbeat may take. */
const TIMEOUT = 5000;

/**
 * The pulse of one server: every beat goes through TLS verified against the given trust anchors and
 * nothing else, on one connection that is kept alive between beats.
 */
export class Heartbeat {
  readonly #target: HeartbeatTarget;
  readonly #agent: Agent;
  /** The one that answered last comes first. */
  #paths: readonly [string, ...string[]];
  #answered = false;
  #trust: { readonly ca: string | string[]; readonly allowPartialTrustChain?: true };

  constructor(target: HeartbeatTarget) {
    this.#target = target;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.#paths = target.paths;
    this.#trust = { ca: [target.trustAnchors].flat() };
  }

  /** One beat. Never throws: a failure is a result, with its name. */
  async beat(signal?: AbortSignal): Promise<Probe> {
    const started = performance.now();
    try {
      const served = await this.#askAsCan(signal);
      const latencyMs = Math.round((performance.now() - started) * 10) / 10;
      this.#answered = true;
      return {
        ok: true,
        at: Date.now(),
        latencyMs,
        servedFingerprint256: served.fingerprint256,
        ...this.#read(served),
      };
    } catch (error) {
      const { explain = classifyFailure } = this.#target;
      const asked = { ...this.#target, path: this.#paths[0], pinned: this.#isPinned };
      return {
        ok: false,
        at: Date.now(),
        failure: explain(error, asked),
        answeredBefore: this.#answered,
        ...this.#read(wronglyNamed(error)),
      };
    }
  }

  dispose(): void {
    this.#agent.destroy();
  }

  get #isPinned(): boolean {
    return this.#trust.allowPartialTrustChain === true;
  }

  #read(served: Served | undefined): { served?: CertificateFacts } {
    const { readServed } = this.#target;
    return served && readServed ? { served: readServed(served.raw) } : {};
  }

  /**
   * BoringSSL, on which desktop VS Code runs, gives up on an authority that is constrained to IP
   * addresses ("unsupported name constraint type"). There the leaf on disk, whose chain was
   * checked, is what is trusted: this very certificate and no other, its name and dates as ever.
   */
  async #askAsCan(signal: AbortSignal | undefined): Promise<Served> {
    try {
      return await this.#askPaths(signal);
    } catch (error) {
      const { leaf } = this.#target;
      if (leaf === undefined || this.#isPinned || !isUnsupportedConstraint(error)) throw error;
      this.#trust = { ca: leaf, allowPartialTrustChain: true };
      return this.#askPaths(signal);
    }
  }

  /** Goes on to the next path only where the server says that it has no such one. */
  async #askPaths(signal: AbortSignal | undefined): Promise<Served> {
    let missing: unknown;
    for (const path of this.#paths) {
      try {
        const served = await this.#ask(path, signal);
        this.#paths = [path, ...this.#paths.filter((other) => other !== path)];
        return served;
      } catch (error) {
        if (!(error instanceof AnswerError && [404, 410].includes(error.status))) throw error;
        missing = error;
      }
    }
    throw missing;
  }

  #ask(path: string, signal: AbortSignal | undefined): Promise<Served> {
    const { address, port, name } = this.#target;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: address,
          port,
          path,
          agent: this.#agent,
          ...this.#trust,
          // Said outright: NODE_TLS_REJECT_UNAUTHORIZED=0 in a person's shell would undo it.
          rejectUnauthorized: true,
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
          const served =
            response.socket instanceof TLSSocket ? response.socket.getPeerCertificate() : undefined;
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            if (body.length < 4096) body += chunk;
          });
          response.on('error', reject);
          response.on('end', () => {
            if (served && response.statusCode === 200 && body.includes('nanosecond heartbeat')) {
              resolve(served);
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
class AnswerError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The server answered with status ${status}.`);
    this.status = status;
  }
}

class TimeoutError extends Error {
  constructor() {
    super(`No answer in ${TIMEOUT} ms.`);
  }
}

function isUnsupportedConstraint(error: unknown): boolean {
  return error instanceof Error && /unsupported name constraint/i.test(error.message);
}

/** The certificate in the one TLS failure that has it: its chain is good, its names are not. */
function wronglyNamed(error: unknown): Served | undefined {
  if (systemCode(error) !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  return (error as { readonly cert?: PeerCertificate }).cert;
}

/** A wildcard stands for any name below it; one such name is asked for. */
function probeName(name: string): string {
  return name.replace(/^\*\./, 'chroma.');
}
