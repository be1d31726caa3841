import type { Disposable } from '../../system/events.ts';
import type { Settings } from '../../project/settings.ts';
import type { Availability } from '../../containers/availability.ts';
import type { PullStep } from '../../containers/image-pull.ts';
import type { Observation, RuntimeKind } from '../server-facts.ts';

/** The steps of a start, in the order a user sees them. */
export type StartStep =
  /** Another window or terminal starts or stops it. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'choosing' }
  | { readonly kind: 'certificate' }
  | PullStep
  /** `progress`: in a few words, such as `12 of 65 MB`; `fraction`: from 0 to 1, where known. */
  | { readonly kind: 'installing'; readonly progress?: string; readonly fraction?: number }
  | { readonly kind: 'creating' }
  | { readonly kind: 'heartbeat' }
  /** Another window or terminal starts it. */
  | { readonly kind: 'elsewhere' };

/** What a start needs, with every path absolute, every name checked and every choice made. */
export interface StartPlan {
  readonly workspace: string;
  /** Absolute path of the folder with the certificate, the key and the CA. */
  readonly certificatesFolder: string;
  readonly settings: Settings;
  /** The key's passphrase, where it has one. Secret: in no argument, label or log. */
  readonly keyPassphrase?: string;
  /** What clients have to present, where the settings ask for a token. Secret as well. */
  readonly token?: string;
}

export interface StartContext {
  readonly report: (step: StartStep) => void;
  readonly signal: AbortSignal;
  /** Tells the user something that is not a failure, as a sentence. */
  readonly note: (text: string) => void;
  /** Asks before anything is installed for the user; false means no. */
  readonly consent: (question: string) => Promise<boolean>;
}

/** A way to run Chroma. Everything it says about a server it reads from the server itself. */
export interface Runtime {
  readonly kind: RuntimeKind;
  /** Whether this runtime can work on this machine, and if not, which cure there is. */
  check(signal?: AbortSignal): Promise<Availability>;
  /** Starts the server. When this resolves it has not yet been seen alive. */
  start(plan: StartPlan, context: StartContext): Promise<void>;
  /**
   * Ends the server and removes what ran it; the data stays. Succeeds without a server, and so where
   * no engine is installed or none runs.
   *
   * @throws ExplainedError where nobody can tell whether there is one, or where it does not end
   */
  stop(signal?: AbortSignal): Promise<void>;
  observe(signal?: AbortSignal): Promise<Observation>;
  /**
   * Lets a server go on that somebody paused; it has kept everything.
   *
   * @throws ExplainedError where the engine cannot
   */
  unpause?(signal?: AbortSignal): Promise<void>;
  /**
   * Makes the running server serve the certificate that now lies in the folder, open connections
   * and data untouched. False where only a restart can.
   *
   * @param isServed whether the server serves it by now; it asks over verified TLS
   */
  reload(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean>;
  /** Calls back when the server's lifecycle may have changed; then `observe` tells. */
  watch(changed: () => void): Disposable;
  /** The server's last log lines, oldest first. */
  readLog(lines: number, signal?: AbortSignal): Promise<readonly string[]>;
  /** Hands over log lines as they come, until disposed. */
  followLog(onLine: (line: string) => void): Disposable;
}
