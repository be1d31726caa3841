import type { KeyPassphrase } from '../../certificates/encoding/passphrase.ts';
import { ExplainedError, toProblem } from '../../system/errors.ts';
import { Emitter, type Disposable } from '../../system/events.ts';
import { MomentTimer } from '../../system/moment-timer.ts';
import type { Settings } from '../../project/settings.ts';
import { agreeOnRuntime } from './agree-on-runtime.ts';
import { describeTarget } from '../health/heartbeat-target.ts';
import { HeartbeatClient } from '../health/heartbeat-client.ts';
import { Observer } from './observer.ts';
import { ProjectReader } from './project-reader.ts';
import { HeartbeatPoller } from '../health/heartbeat-poller.ts';
import { fingerprintOf, reduce } from '../status/reduce.ts';
import { chooseRuntime } from '../runtimes/runtime-choice.ts';
import { explainNotOurs } from '../runtimes/external.ts';
import { readLastRuntime } from '../runtimes/last-runtime.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { Observation, RuntimeKind, ServerFacts } from '../server-facts.ts';
import { bringUp } from './server-start.ts';
import { bringDown } from './server-stop.ts';
import type { Doing } from '../start-lock.ts';
import type { StartOptions } from './start-ports.ts';
import { isExternal, nextChange, type Snapshot, type SnapshotEvent } from '../status/status.ts';

export interface ServerEnvironment {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Throws ExplainedError `invalid-setting` when a user wrote what cannot be. */
  readonly readSettings: () => Settings;
  /** In the order in which their servers count, should two of them be seen. */
  readonly runtimes: readonly Runtime[];
  readonly log: (line: string) => void;
  /** Asked only where the workspace's key has a passphrase. */
  readonly keyPassphrase: KeyPassphrase;
}

/** Sole owner of the state of one workspace's server: facts come in, one snapshot goes out. */
export class Server implements Disposable {
  readonly #environment: ServerEnvironment;
  readonly #changes = new Emitter<Snapshot>();
  readonly onDidChange = this.#changes.event;
  readonly #observer: Observer;
  #isWatching = false;
  #poller: HeartbeatPoller | undefined;
  readonly #project: ProjectReader;
  /** Says when time alone has changed what is to be told. */
  readonly #nextChange = new MomentTimer(() => {
    this.#tell();
    // Of two authorities that could have signed, another one may count from now on.
    this.refreshProject().catch((error: unknown) => {
      this.#environment.log(toProblem(error).what);
    });
  });
  #refreshing: Promise<void> = Promise.resolve();
  #snapshot: Snapshot = {
    awaited: ['project', 'observation'],
    domain: 'localhost',
    certificate: { kind: 'none' },
    observation: { kind: 'none' },
  };

  constructor(environment: ServerEnvironment) {
    this.#environment = environment;
    this.#project = new ProjectReader(environment);
    this.#observer = new Observer(environment);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Reads the env file and the certificate again. */
  refreshProject(): Promise<void> {
    // One after the other: an older reading must never land on top of a newer one.
    this.#refreshing = this.#refreshing.catch(() => undefined).then(() => this.#readProject());
    return this.#refreshing;
  }

  /**
   * Has the running server serve the certificate that now lies in the folder, where it can. False
   * where only a restart of it can.
   */
  async renewCertificate(signal?: AbortSignal): Promise<boolean> {
    const { observation } = this.#snapshot;
    if (observation.kind !== 'running') return true;
    try {
      const renewed = await this.#ownRuntime()?.renew(() => this.#servesItsCertificate(), signal);
      // What is served now is known before anything is said of it.
      if (this.#snapshot.renewing) await this.probe(signal);
      return renewed ?? true;
    } finally {
      if (this.#snapshot.renewing) this.#apply({ kind: 'renewed' });
      this.#restartPolling();
    }
  }

  /** Whether the running server shows the certificate that lies in the folder. */
  async #servesItsCertificate(): Promise<boolean> {
    const heartbeat = await this.#openHeartbeat();
    if (!heartbeat) return false;
    const probe = await heartbeat.pulse.beat().finally(() => {
      heartbeat.pulse.dispose();
    });
    return probe.ok && probe.servedFingerprint256 === fingerprintOf(this.#snapshot);
  }

  async #readProject(): Promise<void> {
    try {
      const { project, isReplaced } = await this.#project.read();
      const isToRenew = isReplaced && this.#isWatching && ownRuns(this.#snapshot);
      if (isToRenew) this.#poller?.dispose();
      this.#apply({ kind: 'project', ...project, ...(isToRenew ? { renewing: true } : {}) });
    } catch (error) {
      this.#apply({ kind: 'unreadable', problem: toProblem(error) });
      throw error;
    }
    if (this.#snapshot.renewing) await this.renewCertificate();
    // Another domain or authority asks for another handshake.
    else this.#restartPolling();
  }

  /** Asks the trust stores of this machine. Programs run for it, so only on demand. */
  async refreshTrust(): Promise<void> {
    const { workspace } = this.#environment;
    const certificate = fingerprintOf(this.#snapshot);
    const folder = await this.#project.certificatesFolder();
    const { readTrust } = await import('../../certificates/trust/read-trust.ts');
    this.#apply({ kind: 'trust', certificate, trust: await readTrust(workspace, folder) });
  }

  /** Asks the runtimes whose server this is, and how it is. */
  async observe(): Promise<void> {
    const seen = await this.#observer.look(this.#project.settings.runtime);
    if (!seen) return;
    this.#apply({ kind: 'observed', ...seen });
    this.#restartPolling();
  }

  /** Told at once when it begins; when it has ended, together with what came of it. */
  #hearElsewhere(doing: Doing | undefined): void {
    const { elsewhere } = this.#snapshot;
    if (doing && doing !== elsewhere) this.#apply({ kind: 'elsewhere', doing });
    if (doing === elsewhere) return;
    this.observe().catch((error: unknown) => {
      this.#environment.log(toProblem(error).what);
    });
  }

  /**
   * One heartbeat of whatever server was observed; for those who do not watch.
   *
   * @throws AbortError when the signal fires
   */
  async probe(signal?: AbortSignal): Promise<void> {
    const heartbeat = await this.#openHeartbeat();
    if (!heartbeat) return;
    const { server, pulse } = heartbeat;
    try {
      this.#apply({ kind: 'probed', serverId: server.id, probe: await pulse.beat(signal) });
    } finally {
      pulse.dispose();
    }
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

  /**
   * Starts the server, or finds the one that runs, and waits for its first verified heartbeat.
   *
   * @throws ExplainedError, also kept in the snapshot, but for `not-ours`; AbortError when cancelled
   */
  async start(options: StartOptions): Promise<void> {
    if (this.#environment.readSettings().runtime === 'external') throw explainNotOurs();
    await bringUp(
      {
        ...this.#ports(),
        refreshProject: () => this.refreshProject(),
        probe: (signal) => this.probe(signal),
      },
      options,
    );
    this.#restartPolling();
  }

  /**
   * Ends whatever of our own runs for this workspace; what was seen of it says whose failure counts.
   * Behind a server that someone else runs there may still be one.
   *
   * @returns what was seen of our own before
   * @throws ExplainedError where a runtime that may run it cannot be asked; `start-busy`; AbortError
   */
  async stop(signal?: AbortSignal): Promise<Observation> {
    try {
      return await this.#end(signal);
    } finally {
      this.#endOperation();
    }
  }

  #end(signal: AbortSignal | undefined): Promise<Observation> {
    this.#poller?.dispose();
    return bringDown({ ...this.#ports(), setting: this.#project.settings.runtime }, signal);
  }

  async restart(options: StartOptions): Promise<void> {
    if (this.#environment.readSettings().runtime === 'external') throw explainNotOurs();
    // Where nothing was seen, a start clears away by itself whatever may be in its way.
    if (this.#snapshot.observation.kind === 'none') return this.start(options);
    // Before it is ended: who would rather keep its data keeps the server.
    const agreed = await agreeOnRuntime(this.#environment, options);
    try {
      await this.#end(options.signal);
      await this.start({ ...options, agreed });
    } catch (error) {
      this.#endOperation();
      throw error;
    }
  }

  /** What a start and a stop need. */
  #ports() {
    return {
      ...this.#environment,
      snapshot: () => this.#snapshot,
      apply: (event: SnapshotEvent) => {
        this.#apply(event);
      },
      observe: () => this.observe(),
    };
  }

  #endOperation(): void {
    this.#apply({ kind: 'operation', operation: undefined });
    this.#restartPolling();
  }

  /** What a start would run Chroma with as things are; none where nothing could. */
  async findRuntime(signal?: AbortSignal): Promise<RuntimeKind | undefined> {
    const { workspace, runtimes } = this.#environment;
    try {
      const last = await readLastRuntime(workspace);
      return (await chooseRuntime(this.#project.settings.runtime, runtimes, last, signal)).runtime
        .kind;
    } catch (error) {
      if (error instanceof ExplainedError) return undefined;
      throw error;
    }
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
    const { runtimes } = this.#environment;
    const kind = observation.kind === 'none' ? 'local' : observation.server.runtime;
    return runtimes.find((runtime) => runtime.kind === kind);
  }

  async #openHeartbeat(): Promise<{ server: ServerFacts; pulse: HeartbeatClient } | undefined> {
    const { observation, domain } = this.#snapshot;
    if (observation.kind !== 'running') return undefined;
    const { server } = observation;
    try {
      const folder = await this.#project.certificatesFolder();
      const pulse = new HeartbeatClient(await describeTarget(server, domain, folder));
      return { server, pulse };
    } catch (error) {
      const { what, action = 'regenerateCertificate' } = toProblem(error);
      const failure = { code: 'no-trust-anchor', message: what, transient: false, action } as const;
      const probe = { ok: false, at: Date.now(), failure, answeredBefore: true } as const;
      this.#apply({ kind: 'probed', serverId: server.id, probe });
      return undefined;
    }
  }

  /** The poll belongs to one server, one name and one authority; any change makes a new one. */
  #restartPolling(): void {
    this.#poller?.dispose();
    this.#poller = undefined;
    const { observation, operation, renewing, awaited = [] } = this.#snapshot;
    if (!this.#isWatching || observation.kind !== 'running') return;
    // Without the project nobody knows whom to ask for; the others begin it again when they are over.
    if (operation || renewing || awaited.includes('project')) return;
    this.#poller = new HeartbeatPoller({
      open: () => this.#openHeartbeat(),
      interval: this.#project.settings.heartbeatInterval * 1000,
      onProbe: (serverId, probe) => {
        this.#apply({ kind: 'probed', serverId, probe });
      },
    });
  }

  #apply(event: SnapshotEvent): void {
    this.#snapshot = reduce(this.#snapshot, event);
    this.#tell();
  }

  #tell(): void {
    // Only for who stays and watches.
    if (this.#isWatching) this.#nextChange.set(nextChange(this.#snapshot, Date.now()));
    this.#changes.fire(this.#snapshot);
  }
}

/** Whether a server of our own runs. */
function ownRuns(snapshot: Snapshot): boolean {
  return snapshot.observation.kind === 'running' && !isExternal(snapshot);
}
