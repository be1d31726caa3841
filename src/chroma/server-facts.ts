import type { Problem } from '../system/errors.ts';
import type { Generation } from './version.ts';

/** `external`: someone else runs it, and we only look. */
export type RuntimeKind = 'docker' | 'compose' | 'local' | 'external';
/** `other`: a TLS proxy that somebody else set up, of which we know no more. */
export type TlsTermination = 'uvicorn' | 'nginx' | 'envoy' | 'embedded' | 'other';

/** A running server as its runtime knows it, no matter who started it. */
export interface ServerFacts {
  /** Changes with every start, so that a heartbeat is never credited to another server. */
  readonly id: string;
  readonly runtime: RuntimeKind;
  /** The image's name; for a local server the program and its version; none where nobody knows. */
  readonly image?: string;
  /** Which line serves, where the runtime knows more than the image's name says. */
  readonly generation?: Generation;
  readonly tls: TlsTermination;
  /** The Compose service of the user's own that ends TLS, where one does: it is not restarted. */
  readonly proxyService?: string;
  /** Clients have to present the workspace's bearer token. None of a Compose file: that says it itself. */
  readonly asksForToken?: true;
  /** The origins whose pages may ask. */
  readonly corsOrigins?: readonly string[];
  /** The address the TLS port is bound to, such as `127.0.0.1`; the host of an external one. */
  readonly bindAddress: string;
  readonly port: number;
  /** Milliseconds since the epoch; 0 where nobody knows. */
  readonly startedAt: number;
  /** Nobody has said where it is: the default address is tried. */
  readonly assumed?: true;
}

/** Who may ask a server, as its facts say it. Pure. */
export function describeAccess(access: {
  readonly token: string | undefined;
  readonly corsOrigins: readonly string[];
}): Pick<ServerFacts, 'asksForToken' | 'corsOrigins'> {
  const { token, corsOrigins } = access;
  return {
    ...(token === undefined ? {} : { asksForToken: true }),
    ...(corsOrigins.length > 0 ? { corsOrigins } : {}),
  };
}

export type Observation =
  | {
      readonly kind: 'none';
      /** Why that is not certain. */
      readonly unavailable?: UnavailableRuntime;
    }
  | { readonly kind: 'running'; readonly server: ServerFacts }
  | {
      readonly kind: 'exited';
      readonly server: ServerFacts;
      /** Which part ended, in a user's words: "Chroma server" or "nginx proxy". */
      readonly part: string;
      /** None where nobody could see it end. */
      readonly exitCode?: number;
      /** It ended without a chance to say anything. */
      readonly wasKilled?: true;
      /** Somebody stopped the server; it did not fail. */
      readonly stopped?: true;
      readonly lastLog: readonly string[];
    }
  /** All of it is there, but it cannot serve, and the runtime knows why: it is paused, say. */
  | { readonly kind: 'impaired'; readonly server: ServerFacts; readonly problem: Problem };

/** Whether somebody paused a server, so that unpausing it is all it needs. Pure. */
export function isPaused(
  observation: Observation,
): observation is Extract<Observation, { kind: 'impaired' }> {
  return observation.kind === 'impaired' && observation.problem.code === 'server-paused';
}

/**
 * Whether an exit code is that of a program that was stopped: it ended by itself when it was asked to,
 * or by an interrupt or a termination that it did not handle (128 and the signal's number). Pure.
 */
export function isStopCode(exitCode: number): boolean {
  return [0, 130, 143].includes(exitCode);
}

/** A runtime that could know of a server, and could not be asked. */
export interface UnavailableRuntime {
  readonly problem: Problem;
  /** It is the one that is set, and may well run one: without its answer nothing is known. */
  readonly isDecisive: boolean;
}
