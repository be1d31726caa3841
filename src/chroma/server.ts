import type { Disposable } from '../events.ts';
import type { Settings } from '../project/settings.ts';
import type { Runtime, RuntimeKind, StartContext } from './runtimes/runtime.ts';
import type { Snapshot } from './status.ts';

export interface ServerEnvironment {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  readonly readSettings: () => Settings;
  readonly runtimes: Readonly<Record<RuntimeKind, Runtime>>;
  readonly log: (line: string) => void;
}

export type StartOptions = Pick<StartContext, 'signal' | 'consent'>;

/** Sole owner of the state of one workspace's server. (Interface; the body is being written.) */
export declare class Server implements Disposable {
  constructor(environment: ServerEnvironment);
  get snapshot(): Snapshot;
  readonly onDidChange: (listener: (snapshot: Snapshot) => void) => Disposable;
  /** Reads the env file and the certificate again; for a file watcher to call. */
  refreshProject(): Promise<void>;
  /** Asks the runtimes once. */
  observe(): Promise<void>;
  /** Follows lifecycle events and polls the heartbeat until disposed. */
  watch(): void;
  /** Makes a certificate if there is none, picks the runtime, starts, waits for the first verified heartbeat. Steps show in `snapshot.operation`. Throws ExplainedError (also kept as snapshot.failure), AbortError when cancelled. Starting a running server is no failure. */
  start(options: StartOptions): Promise<void>;
  stop(signal?: AbortSignal): Promise<void>;
  restart(options: StartOptions): Promise<void>;
  readLog(lines: number): Promise<readonly string[]>;
  followLog(onLine: (line: string) => void): Disposable;
  dispose(): void;
}

/** The server of one workspace with its real runtimes. `distFolder` is where our bundles lie. */
export declare function createServer(options: {
  readonly workspace: string;
  readonly distFolder: string;
  readonly readSettings: () => Settings;
  readonly log: (line: string) => void;
}): Server;
