import { X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { CertificateFacts } from '../../certificates/inspect/certificate-state.ts';
import { systemCode } from '../../system/errors.ts';
import { describeHandshake, isOutdated, type Handshake } from './handshake.ts';
import {
  classifyFailure,
  isOtherProgram,
  type Asked,
  type HeartbeatFailure,
} from './heartbeat-failure.ts';
import {
  AnswerError,
  askHeartbeat,
  isPathMissing,
  type HeartbeatAnswer,
  type HeartbeatRequest,
} from './heartbeat-request.ts';
import { isUndecided, type NameLookup, type Verify } from './name-lookup.ts';
import { withTimeLimit } from '../../system/time-limit.ts';
import { BEAT_LIMIT } from './heartbeat-times.ts';
import type { Probe } from './probe.ts';

export interface HeartbeatTarget {
  /** The address or the host to connect to, such as `127.0.0.1`. */
  readonly address: string;
  readonly port: number;
  /** The name the certificate must be good for: a host name or an IP address. */
  readonly name: string;
  /** The paths to ask: the next one is tried where the server does not have a path. */
  readonly paths: readonly [string, ...string[]];
  /** The only certificates that are trusted, in PEM. */
  readonly trustAnchors: string | readonly string[];
  /**
   * The certificates that the server should serve, one by its addresses and perhaps another by its
   * host names, in PEM, their signatures up to an anchor checked; none where they are not known.
   */
  readonly leaves?: readonly string[];
  /** Reads the served certificate (DER), for a server whose certificate is not on this disk. */
  readonly readServed?: (certificate: Buffer) => CertificateFacts;
  /** Looks the server's name up as clients do, with each full handshake. @throws AbortError */
  readonly lookUp?: (verify: Verify, signal: AbortSignal | undefined) => Promise<NameLookup>;
  /** Explains a failure in words that fit who runs the server; by default we do. */
  readonly explain?: (error: unknown, asked: Asked) => HeartbeatFailure;
}

/** A connection, with what was verified and looked up when it was made. */
interface Connection {
  readonly socket: TLSSocket;
  readonly handshake: Handshake;
  readonly lookup?: NameLookup;
}

/**
 * Asks one server for heartbeats. Every beat goes through TLS that is verified against the given
 * trust anchors and nothing else. A connection is kept between beats until its handshake is out of
 * date. No TLS session is kept after it, because a resumed one is not verified.
 */
export class HeartbeatClient {
  readonly #target: HeartbeatTarget;
  readonly #timeLimit: number;
  /** The fingerprints that may be served, where they are known. */
  readonly #expected: readonly string[];
  #agent = openAgent();
  /** The connection of the last answer, with what its handshake said. */
  #connection: Connection | undefined;
  /** The last lookup that the resolver answered. */
  #lookup: NameLookup | undefined;
  /** The path that answered last comes first. */
  #paths: readonly [string, ...string[]];
  #answered = false;
  #trust: HeartbeatRequest['trust'];

  /** @param timeLimit milliseconds that one beat may take, all in all */
  constructor(target: HeartbeatTarget, timeLimit = BEAT_LIMIT) {
    this.#target = target;
    this.#timeLimit = timeLimit;
    this.#expected = (target.leaves ?? []).map((leaf) => new X509Certificate(leaf).fingerprint256);
    this.#paths = target.paths;
    this.#trust = trustAnchorsOf(target);
  }

  /**
   * One beat, which ends in time whatever the server does. A failure is a result too.
   *
   * @throws AbortError when the signal fires
   */
  async beat(signal?: AbortSignal): Promise<Probe> {
    const started = performance.now();
    const at = Date.now();
    if (this.#connection && isOutdated(this.#connection.handshake, at, this.#expected)) {
      this.#hangUp();
    }
    try {
      const { socket, certificate } = await withTimeLimit(this.#timeLimit, signal, (limit) =>
        this.#askAnyway(limit),
      );
      const latencyMs = Math.round((performance.now() - started) * 10) / 10;
      this.#answered = true;
      if (socket !== this.#connection?.socket) {
        const lookup = await this.#lookUp(signal);
        this.#connection = {
          socket,
          handshake: describeHandshake(certificate, at),
          ...(lookup ? { lookup } : {}),
        };
      }
      const { handshake, lookup } = this.#connection;
      return {
        ok: true,
        at: Date.now(),
        latencyMs,
        servedFingerprint256: handshake.fingerprint256,
        ...this.#read(certificate),
        ...(lookup ? { lookup } : {}),
      };
    } catch (error) {
      signal?.throwIfAborted();
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

  #hangUp(): void {
    this.#connection = undefined;
    this.#agent.destroy();
    this.#agent = openAgent();
  }

  /** Whether this same server answers at another address, verified in the same way. */
  readonly #verify: Verify = async (address, limit) => {
    const { port, name } = this.#target;
    const agent = openAgent();
    try {
      const asked = { address, port, name, path: this.#paths[0], agent, trust: this.#trust };
      await askHeartbeat(asked, limit);
      return 'server';
    } catch (error) {
      if (error instanceof AnswerError) return 'server';
      return isOtherProgram(error) ? 'stranger' : 'unknown';
    } finally {
      agent.destroy();
    }
  };

  /** If the resolver is slow this time, its last answer still counts. */
  async #lookUp(signal: AbortSignal | undefined): Promise<NameLookup | undefined> {
    const lookup = await this.#target.lookUp?.(this.#verify, signal);
    if (lookup && !isUndecided(lookup)) this.#lookup = lookup;
    return this.#lookup ?? lookup;
  }

  get #isPinned(): boolean {
    return this.#trust.allowPartialTrustChain === true;
  }

  #read(served: Pick<PeerCertificate, 'raw'> | undefined): { served?: CertificateFacts } {
    const { readServed } = this.#target;
    return served && readServed ? { served: readServed(served.raw) } : {};
  }

  /** A kept connection can end at any moment, also during a request. Then a new one is asked. */
  async #askAnyway(limit: AbortSignal): Promise<HeartbeatAnswer> {
    try {
      return await this.#askAsCan(limit);
    } catch (error) {
      if (!this.#connection || limit.aborted || error instanceof AnswerError) throw error;
      this.#hangUp();
      return this.#askAsCan(limit);
    }
  }

  /**
   * BoringSSL, which desktop VS Code uses, refuses an authority that is constrained to IP addresses
   * ("unsupported name constraint type"). Then only the leaves on disk are trusted, whose chain was
   * checked before. Their names and dates are checked as always.
   */
  async #askAsCan(limit: AbortSignal): Promise<HeartbeatAnswer> {
    try {
      return await this.#askPaths(limit);
    } catch (error) {
      const pinned = trustLeaves(this.#target, error);
      if (!pinned || this.#isPinned) throw error;
      this.#trust = pinned;
      return this.#askPaths(limit);
    }
  }

  /** Tries the next path only where the server says that it does not have this one. */
  async #askPaths(limit: AbortSignal): Promise<HeartbeatAnswer> {
    const { address, port, name } = this.#target;
    const asked = { address, port, name, agent: this.#agent, trust: this.#trust };
    let missing: unknown;
    for (const path of this.#paths) {
      try {
        const answer = await askHeartbeat({ ...asked, path }, limit);
        this.#paths = [path, ...this.#paths.filter((other) => other !== path)];
        return answer;
      } catch (error) {
        if (!isPathMissing(error)) throw error;
        missing = error;
      }
    }
    throw missing;
  }
}

/** One connection at a time, and no TLS session kept for the next one, which would not be verified. */
export function openAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0 });
}

/** Asks once as the heartbeat does, by what it trusts, and where BoringSSL cannot judge that, by the leaves. */
export async function askTrusting<T>(
  target: HeartbeatTarget,
  ask: (trust: HeartbeatRequest['trust']) => Promise<T>,
): Promise<T> {
  try {
    return await ask(trustAnchorsOf(target));
  } catch (error) {
    const pinned = trustLeaves(target, error);
    if (!pinned) throw error;
    return ask(pinned);
  }
}

function trustAnchorsOf({ trustAnchors }: HeartbeatTarget): HeartbeatRequest['trust'] {
  return { ca: [trustAnchors].flat() };
}

/** What to trust instead where BoringSSL cannot judge an authority; undefined for any other error. */
function trustLeaves(
  { leaves = [] }: HeartbeatTarget,
  error: unknown,
): HeartbeatRequest['trust'] | undefined {
  const isUnsupported =
    error instanceof Error && /unsupported name constraint/i.test(error.message);
  return isUnsupported && leaves.length > 0
    ? { ca: [...leaves], allowPartialTrustChain: true }
    : undefined;
}

/** The certificate of a failed connection, if only its names are wrong and its chain is good. */
function wronglyNamed(error: unknown): PeerCertificate | undefined {
  if (systemCode(error) !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  return (error as { readonly cert?: PeerCertificate }).cert;
}
