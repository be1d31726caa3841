import type { ProblemText } from '../../errors.ts';
import type { Disposable } from '../../events.ts';
import type { Settings } from '../../project/settings.ts';
import type { Line } from '../version.ts';

/** `external`: someone else runs it, and we only look. */
export type RuntimeKind = 'docker' | 'compose' | 'local' | 'external';
/** `other`: a front that somebody else set up, of which we know no more. */
export type TlsTermination = 'uvicorn' | 'nginx' | 'envoy' | 'embedded' | 'other';

/** A running server as its runtime knows it, whoever started it. */
export interface ServerFacts {
  /** Changes with every start, so that a heartbeat is never credited to another server. */
  readonly id: string;
  readonly runtime: RuntimeKind;
  /** The image's name; for a local server the program and its version; none where nobody knows. */
  readonly image?: string;
  /** Which line serves, where the runtime knows more than the image's name says. */
  readonly line?: Line;
  readonly tls: TlsTermination;
  /** The Compose service of the person's own that ends TLS, where one does: it is not restarted. */
  readonly front?: string;
  /** The address the TLS port is bound to, such as `127.0.0.1`; the host of an external one. */
  readonly bindAddress: string;
  readonly port: number;
  /** Milliseconds since the epoch; 0 where nobody knows. */
  readonly startedAt: number;
  /** Nobody has said where it is: the default address is tried. */
  readonly assumed?: true;
}

export type Observation =
  | {
      readonly kind: 'none';
      /** Why that is not certain. */
      readonly unasked?: Unasked;
    }
  | { readonly kind: 'running'; readonly server: ServerFacts }
  | {
      readonly kind: 'exited';
      readonly server: ServerFacts;
      /** Which part ended, in a person's words: "Chroma server" or "nginx proxy". */
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
  | { readonly kind: 'halted'; readonly server: ServerFacts; readonly problem: ProblemText };

/**
 * Whether an exit code is that of a program that was stopped: it ended by itself when it was asked to,
 * or by an interrupt or a termination that it did not handle (128 and the signal's number). Pure.
 */
export function isStopCode(exitCode: number): boolean {
  return [0, 130, 143].includes(exitCode);
}

/** A runtime that could know of a server, and could not be asked. */
export interface Unasked {
  readonly problem: ProblemText;
  /** It is the one that is set, and may well run one: without its answer nothing is known. */
  readonly isDecisive: boolean;
}

/** The steps of a start, in the order a person sees them. */
export type StartStep =
  /** Another window or terminal starts or stops it; `text` says so as a sentence. */
  | { readonly kind: 'waiting'; readonly text: string }
  /** `chosen`: which runtime it became and why, as a sentence. */
  | { readonly kind: 'choosing'; readonly chosen?: string }
  | { readonly kind: 'certificate' }
  | { readonly kind: 'pulling'; readonly image: string; readonly progress?: string }
  | { readonly kind: 'installing'; readonly progress?: string }
  /** `note`: what is done otherwise than expected, as a sentence. */
  | { readonly kind: 'creating'; readonly note?: string }
  | { readonly kind: 'heartbeat' }
  /** Another window or terminal starts it. */
  | { readonly kind: 'elsewhere' };

/** What a start needs, resolved: absolute paths, checked names, a free choice no longer in it. */
export interface StartPlan {
  readonly workspace: string;
  /** Absolute path of the folder with the certificate, the key and the CA. */
  readonly certificatesFolder: string;
  readonly settings: Settings;
  /** What opens the key; none where it has no pass phrase. Secret: no argument, label or log. */
  readonly keyPassPhrase?: string;
}

export type Availability =
  | { readonly available: true; readonly seen: string }
  | { readonly available: false; readonly problem: ProblemText };

export interface StartContext {
  readonly report: (step: StartStep) => void;
  readonly signal: AbortSignal;
  /** Tells the person something worth knowing that is no failure, as a sentence. */
  readonly note: (text: string) => void;
  /** Asks before anything is installed for the person; false means no. */
  readonly consent: (question: string) => Promise<boolean>;
}

/** A way to run Chroma. Everything it says about a server it reads from the server itself. */
export interface Runtime {
  readonly kind: RuntimeKind;
  /** Whether this runtime can work on this machine, and if not, which cure there is. */
  check(signal?: AbortSignal): Promise<Availability>;
  /** Brings the server up; it has been started, not yet been seen alive, when this resolves. */
  start(plan: StartPlan, context: StartContext): Promise<void>;
  /**
   * Ends the server and removes what ran it; the data stays. No server is no failure, and no engine,
   * or one that does not run, has none.
   *
   * @throws ExplainedError where it cannot be told, or the server does not end
   */
  stop(signal?: AbortSignal): Promise<void>;
  observe(signal?: AbortSignal): Promise<Observation>;
  /**
   * Makes the running server serve the certificate that now lies in the folder, open connections
   * and data untouched. False where only a restart can.
   *
   * @param isServed whether the server serves it by now; it asks over verified TLS
   */
  renew(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean>;
  /** Calls back when the server's lifecycle may have changed; then `observe` tells. */
  watch(changed: () => void): Disposable;
  /** The server's last log lines, oldest first. */
  readLog(lines: number, signal?: AbortSignal): Promise<readonly string[]>;
  /** Hands over log lines as they come, until disposed. */
  followLog(onLine: (line: string) => void): Disposable;
}
