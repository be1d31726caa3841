import type { KeyPassphrase } from '../../certificates/encoding/passphrase.ts';
import { isShown } from '../../certificates/inspect/certificate-state.ts';
import { toProblem } from '../../system/errors.ts';
import { Emitter, type Disposable } from '../../system/events.ts';
import { MomentTimer } from '../../system/moment-timer.ts';
import type { Settings } from '../../project/settings.ts';
import type { Probe } from '../health/probe.ts';
import { HeartbeatPoller } from '../health/heartbeat-poller.ts';
import { ServerHeartbeat } from '../health/server-heartbeat.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { ServerFacts } from '../server-facts.ts';
import type { Doing } from '../start-lock.ts';
import { fingerprintOf, reduce } from '../status/reduce-snapshot.ts';
import { nextChange } from '../status/derive-status.ts';
import type { Snapshot, SnapshotEvent } from '../status/snapshot.ts';
import { Observer } from './observer.ts';
import { ProjectReader } from './project-reader.ts';

export interface ServerEnvironment {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** @throws ExplainedError `invalid-setting` for a value that cannot be */
  readonly readSettings: () => Settings;
  /** In the order in which their servers count, should two of them be seen. */
  readonly runtimes: readonly Runtime[];
  readonly log: (line: string) => void;
  /** Asked only where the workspace's key has a passphrase. */
  readonly keyPassphrase: KeyPassphrase;
}

/** These change whom to ask for a heartbeat, or whether to. */
const RESTARTS_POLLING: ReadonlySet<SnapshotEvent['kind']> = new Set([
  'project',
  'observed',
  'operation',
  'reloaded',
]);

/** Sole owner of the state of one workspace's server: facts come in, one snapshot goes out. */
export class Server implements Disposable {
  readonly environment: ServerEnvironment;
  readonly #changes = new Emitter<Snapshot>();
  readonly onDidChange = this.#changes.event;
  readonly #observer: Observer;
  readonly #project: ProjectReader;
  #isWatching = false;
  #poller: HeartbeatPoller | undefined;
  /** Says when time alone has changed what is to be told. */
  readonly #nextChange = new MomentTimer(() => {
    this.#tell();
    // Of two authorities that could have signed, another one may count from now on.
    this.refreshProject().catch(this.#logFailure);
  });
  #refreshing: Promise<void> = Promise.resolve();
  #snapshot: Snapshot = {
    awaited: ['project', 'observation'],
    domain: 'localhost',
    certificate: { kind: 'none' },
    observation: { kind: 'none' },
  };

  constructor(environment: ServerEnvironment) {
    this.environment = environment;
    this.#project = new ProjectReader(environment);
    this.#observer = new Observer(environment);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** The settings to look with; a start takes only valid ones (`environment.readSettings`). */
  get settings(): Settings {
    return this.#project.settings;
  }

  /** Whether it follows the server, and so has it reload each new certificate by itself. */
  get isWatching(): boolean {
    return this.#isWatching;
  }

  /** Takes in one new fact. */
  apply(event: SnapshotEvent): void {
    this.#snapshot = reduce(this.#snapshot, event);
    this.#tell();
    if (RESTARTS_POLLING.has(event.kind)) this.#restartPolling();
  }

  /** Follows lifecycle events and the heartbeat until disposed. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#observer.follow(
      () => this.observe(),
      (doing) => {
        this.#hearElsewhere(doing);
      },
    );
    this.#restartPolling();
  }

  /** Reads the settings, the env file and the certificate again. */
  refreshProject(): Promise<void> {
    // One after the other: an older reading must never land on top of a newer one.
    this.#refreshing = this.#refreshing.catch(() => undefined).then(() => this.#readProject());
    return this.#refreshing;
  }

  async #readProject(): Promise<void> {
    try {
      const { project, isReplaced } = await this.#project.read();
      const server = this.#runningServer();
      const isToReload = isReplaced && this.#isWatching && server && server.runtime !== 'external';
      this.apply({ kind: 'project', ...project, ...(isToReload ? { reloading: true } : {}) });
    } catch (error) {
      this.apply({ kind: 'unreadable', problem: toProblem(error) });
      throw error;
    }
    if (this.#snapshot.reloading) await this.reloadCertificate();
  }

  /**
   * Has the running server serve the certificate that now lies in the folder. False where only a
   * restart can.
   */
  async reloadCertificate(signal?: AbortSignal): Promise<boolean> {
    if (!this.#runningServer()) return true;
    try {
      const isReloaded = await this.#ownRuntime()?.reload(
        () => this.#servesItsCertificate(),
        signal,
      );
      // What is served now is known before anything is said of it.
      if (this.#snapshot.reloading) await this.probe(signal);
      return isReloaded ?? true;
    } finally {
      if (this.#snapshot.reloading) this.apply({ kind: 'reloaded' });
    }
  }

  /** Whether the running server shows the certificate that lies in the folder. */
  async #servesItsCertificate(): Promise<boolean> {
    const server = this.#runningServer();
    const probe = server && (await this.#beatOnce(server));
    const { certificate } = this.#snapshot;
    if (probe?.ok !== true || certificate.kind !== 'present') return false;
    return isShown(certificate.facts, probe.servedFingerprint256);
  }

  /** Asks the trust stores of this machine. Programs run for it, so only on demand. */
  async refreshTrust(): Promise<void> {
    const certificate = fingerprintOf(this.#snapshot);
    const folder = await this.#project.certificatesFolder();
    const { readTrust } = await import('../../certificates/trust/read-trust.ts');
    const trust = await readTrust(this.environment.workspace, folder);
    this.apply({ kind: 'trust', certificate, trust });
  }

  /** Asks the runtimes whose server this is, and how it is. */
  async observe(): Promise<void> {
    const seen = await this.#observer.look(this.settings.runtime);
    if (seen) this.apply({ kind: 'observed', ...seen });
  }

  /** Told at once when it begins; when it has ended, together with what came of it. */
  #hearElsewhere(doing: Doing | undefined): void {
    const { elsewhere } = this.#snapshot;
    if (doing === elsewhere) return;
    if (doing) this.apply({ kind: 'elsewhere', doing });
    this.observe().catch(this.#logFailure);
  }

  /**
   * One heartbeat of the server that was observed, for callers that do not watch.
   *
   * @throws AbortError when the signal fires
   */
  async probe(signal?: AbortSignal): Promise<void> {
    const server = this.#runningServer();
    if (!server) return;
    const probe = await this.#beatOnce(server, signal);
    this.apply({ kind: 'probed', serverId: server.id, probe });
  }

  async readLog(lines: number): Promise<readonly string[]> {
    return this.#ownRuntime()?.readLog(lines) ?? [];
  }

  followLog(onLine: (line: string) => void): Disposable {
    return this.#ownRuntime()?.followLog(onLine) ?? { dispose: () => undefined };
  }

  dispose(): void {
    this.#poller?.dispose();
    this.#nextChange.dispose();
    // Where nobody watches no poll starts, whatever answer is still under way.
    this.#isWatching = false;
    this.#observer.dispose();
    this.#changes.dispose();
  }

  /** The one whose server was seen; before any was, the one whose last log may still be there. */
  #ownRuntime(): Runtime | undefined {
    const { observation } = this.#snapshot;
    const own = observation.kind === 'none' ? 'local' : observation.server.runtime;
    return this.environment.runtimes.find(({ kind }) => kind === own);
  }

  #runningServer(): ServerFacts | undefined {
    const { observation } = this.#snapshot;
    return observation.kind === 'running' ? observation.server : undefined;
  }

  #heartbeatOf(server: ServerFacts): ServerHeartbeat {
    return new ServerHeartbeat(server, this.#snapshot.domain, () =>
      this.#project.certificatesFolder(),
    );
  }

  async #beatOnce(server: ServerFacts, signal?: AbortSignal): Promise<Probe> {
    const heartbeat = this.#heartbeatOf(server);
    return heartbeat.beat(signal).finally(() => {
      heartbeat.dispose();
    });
  }

  /** The poll belongs to one server, one name and one authority; any change makes a new one. */
  #restartPolling(): void {
    this.#poller?.dispose();
    this.#poller = undefined;
    const server = this.#runningServer();
    const { operation, reloading, awaited = [] } = this.#snapshot;
    if (!this.#isWatching || !server || operation || reloading) return;
    // Without the project nobody knows whom to ask for.
    if (awaited.includes('project')) return;
    const interval = this.settings.heartbeatInterval * 1000;
    this.#poller = new HeartbeatPoller(this.#heartbeatOf(server), interval, (probe) => {
      this.apply({ kind: 'probed', serverId: server.id, probe });
    });
  }

  #tell(): void {
    // Only for who stays and watches.
    if (this.#isWatching) this.#nextChange.set(nextChange(this.#snapshot, Date.now()));
    this.#changes.fire(this.#snapshot);
  }

  readonly #logFailure = (error: unknown): void => {
    this.environment.log(toProblem(error).what);
  };
}
