import { inspectCertificate } from '../certificates/inspect.ts';
import type { KeyPassPhrase } from '../certificates/pass-phrase.ts';
import { addTrackedKeys, rememberTrackedKeys } from '../certificates/tracked-keys.ts';
import { ExplainedError, toProblem } from '../errors.ts';
import { Emitter, type Disposable } from '../events.ts';
import { MomentTimer } from '../moment-timer.ts';
import { readDomain } from '../project/env-file.ts';
import type { Settings } from '../project/settings.ts';
import { rememberSettings } from '../project/usable-settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { agreeOnRuntime } from './agree-on-runtime.ts';
import { describeTarget } from './heartbeat-target.ts';
import { Heartbeat } from './heartbeat.ts';
import { Pulse } from './pulse.ts';
import { chooseRuntime } from './runtimes/choice.ts';
import { observeEvery, stopEvery } from './runtimes/every-runtime.ts';
import { explainNotOurs } from './runtimes/external.ts';
import { readLastRuntime } from './runtimes/last-runtime.ts';
import type { Observation, Runtime, RuntimeKind, ServerFacts } from './runtimes/runtime.ts';
import { bringUp } from './server-start.ts';
import { holdStartLock } from './start-lock.ts';
import type { StartOptions } from './start-ports.ts';
import {
  fingerprintOf,
  isExternal,
  nextChange,
  reduce,
  type Snapshot,
  type SnapshotEvent,
} from './status.ts';

export interface ServerEnvironment {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Throws ExplainedError `invalid-setting` when a person wrote what cannot be. */
  readonly readSettings: () => Settings;
  /** In the order in which their servers count, should two of them be seen. */
  readonly runtimes: readonly Runtime[];
  readonly log: (line: string) => void;
  /** Asked only where the workspace's key has a pass phrase. */
  readonly keyPassPhrase: KeyPassPhrase;
}

/** Sole owner of the state of one workspace's server: facts come in, one snapshot goes out. */
export class Server implements Disposable {
  readonly #environment: ServerEnvironment;
  readonly #changes = new Emitter<Snapshot>();
  readonly onDidChange = this.#changes.event;
  readonly #watches: Disposable[] = [];
  #pulse: Pulse | undefined;
  readonly #findTrackedKeys = rememberTrackedKeys();
  /** For looking; a start takes no setting that cannot be. */
  readonly #usableSettings: ReturnType<typeof rememberSettings>;
  /** Says when time alone has changed what is to be told. */
  readonly #nextChange = new MomentTimer(() => {
    this.#tell();
    // Of two authorities that could have signed, another one may count from now on.
    this.refreshProject().catch((error: unknown) => {
      this.#environment.log(toProblem(error).what);
    });
  });
  #refreshing: Promise<void> = Promise.resolve();
  /** Observations are counted: the newest one asked for, and the newest one that has arrived. */
  #lastAsked = 0;
  #lastObserved = 0;
  #snapshot: Snapshot = {
    domain: 'localhost',
    certificate: { kind: 'none' },
    observation: { kind: 'none' },
  };

  constructor(environment: ServerEnvironment) {
    this.#environment = environment;
    this.#usableSettings = rememberSettings(environment.readSettings);
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
    const renewed = await this.#ownRuntime()?.renew(() => this.#servesItsCertificate(), signal);
    this.#restartPulse();
    return renewed ?? true;
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
    const { workspace, keyPassPhrase } = this.#environment;
    const usable = this.#usableSettings();
    const { settings } = usable;
    const domain = await readDomain(await resolveInWorkspace(workspace, settings.envFile));
    const folder = await resolveInWorkspace(workspace, settings.certificatesFolder);
    const before = fingerprintOf(this.#snapshot);
    const certificate = await inspectCertificate(folder, domain, () => keyPassPhrase(workspace));
    const tracked = certificate.kind === 'none' ? [] : await this.#findTrackedKeys(folder);
    this.#apply({
      kind: 'project',
      settings: usable,
      domain,
      certificate: addTrackedKeys(certificate, tracked, { workspace, folder }),
    });
    const after = fingerprintOf(this.#snapshot);
    const renewed = before !== undefined && after !== undefined && before !== after;
    if (renewed && this.#watches.length > 0) await this.renewCertificate();
    // Another domain or authority asks for another handshake.
    else this.#restartPulse();
  }

  /** Asks the trust stores of this machine. Programs run for it, so only on demand. */
  async refreshTrust(): Promise<void> {
    const { workspace } = this.#environment;
    const certificate = fingerprintOf(this.#snapshot);
    const { certificatesFolder } = this.#usableSettings().settings;
    const folder = await resolveInWorkspace(workspace, certificatesFolder);
    const { readTrust } = await import('../certificates/trust/read-trust.ts');
    this.#apply({ kind: 'trust', certificate, trust: await readTrust(workspace, folder) });
  }

  /** Asks the runtimes whose server this is, and how it is. */
  async observe(): Promise<void> {
    const turn = ++this.#lastAsked;
    const observation = await observeEvery(this.#environment.runtimes, this.#runtimeSetting);
    // An engine that took its time tells of what was before another one's answer.
    if (turn < this.#lastObserved) return;
    this.#lastObserved = turn;
    this.#apply({ kind: 'observed', observation });
    this.#restartPulse();
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
    if (this.#watches.length > 0) return;
    for (const runtime of this.#environment.runtimes) {
      let queued = Promise.resolve();
      let isWaiting = false;
      this.#watches.push(
        runtime.watch(() => {
          // An observation that has not begun yet will see this change too.
          if (isWaiting) return;
          isWaiting = true;
          queued = queued
            .then(() => {
              isWaiting = false;
              return this.observe();
            })
            .catch((error: unknown) => {
              this.#environment.log(toProblem(error).what);
            });
        }),
      );
    }
    this.#restartPulse();
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
        ...this.#environment,
        snapshot: () => this.#snapshot,
        apply: (event) => {
          this.#apply(event);
        },
        refreshProject: () => this.refreshProject(),
        observe: () => this.observe(),
        probe: (signal) => this.probe(signal),
      },
      options,
    );
    this.#restartPulse();
  }

  /**
   * Ends whatever of our own runs for this workspace; what was seen of it says whose failure counts.
   * Behind a server that someone else runs there may still be one.
   *
   * @returns what was seen of our own before
   * @throws ExplainedError where a runtime that may run it cannot be asked; `start-busy`; AbortError
   */
  async stop(signal?: AbortSignal): Promise<Observation> {
    const { workspace, runtimes } = this.#environment;
    let hasWaited = false;
    const waiting = (): void => {
      hasWaited = true;
    };
    this.#apply({ kind: 'operation', operation: { kind: 'stopping' } });
    this.#pulse?.dispose();
    try {
      const own = runtimes.filter(({ kind }) => kind !== 'external');
      return await holdStartLock(workspace, { doing: 'stopping', signal, waiting }, async () => {
        // What was under way before it was our turn may have changed what there is.
        if (hasWaited) await this.observe();
        const seen = isExternal(this.#snapshot)
          ? await observeEvery(own, this.#runtimeSetting)
          : this.#snapshot.observation;
        const how = { seen, setting: this.#runtimeSetting, ...(signal ? { signal } : {}) };
        await stopEvery(own, how);
        return seen;
      });
    } finally {
      this.#apply({ kind: 'operation', operation: undefined });
      await this.observe();
    }
  }

  async restart(options: StartOptions): Promise<void> {
    if (this.#environment.readSettings().runtime === 'external') throw explainNotOurs();
    // Where nothing was seen, a start clears away by itself whatever may be in its way.
    if (this.#snapshot.observation.kind === 'none') return this.start(options);
    // Before it is ended: who would rather keep its data keeps the server.
    const agreed = await agreeOnRuntime(this.#environment, options);
    await this.stop(options.signal);
    await this.start({ ...options, agreed });
  }

  /** What a start would run Chroma with as things are; none where nothing could. */
  async findRuntime(signal?: AbortSignal): Promise<RuntimeKind | undefined> {
    const { workspace, runtimes } = this.#environment;
    try {
      const last = await readLastRuntime(workspace);
      return (await chooseRuntime(this.#runtimeSetting, runtimes, last, signal)).runtime.kind;
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
    this.#pulse?.dispose();
    this.#nextChange.dispose();
    // Where nobody watches no poll starts, whatever answer is still under way.
    for (const watch of this.#watches.splice(0)) watch.dispose();
    this.#changes.dispose();
  }

  get #runtimeSetting(): Settings['runtime'] {
    return this.#usableSettings().settings.runtime;
  }

  /** The one whose server was seen; before any was, the one whose last log may still be there. */
  #ownRuntime(): Runtime | undefined {
    const { observation } = this.#snapshot;
    const { runtimes } = this.#environment;
    const kind = observation.kind === 'none' ? 'local' : observation.server.runtime;
    return runtimes.find((runtime) => runtime.kind === kind);
  }

  async #openHeartbeat(): Promise<{ server: ServerFacts; pulse: Heartbeat } | undefined> {
    const { observation, domain } = this.#snapshot;
    if (observation.kind !== 'running') return undefined;
    const { certificatesFolder } = this.#usableSettings().settings;
    const { server } = observation;
    try {
      const folder = await resolveInWorkspace(this.#environment.workspace, certificatesFolder);
      const pulse = new Heartbeat(await describeTarget(server, domain, folder));
      return { server, pulse };
    } catch (error) {
      const failure = {
        code: 'no-trust-anchor',
        message: toProblem(error).what,
        transient: false,
        action: 'regenerateCertificate',
      } as const;
      const probe = { ok: false, at: Date.now(), failure, answeredBefore: true } as const;
      this.#apply({ kind: 'probed', serverId: server.id, probe });
      return undefined;
    }
  }

  /** The poll belongs to one server, one name and one authority; any change makes a new one. */
  #restartPulse(): void {
    this.#pulse?.dispose();
    this.#pulse = undefined;
    const { observation, operation } = this.#snapshot;
    if (this.#watches.length === 0 || observation.kind !== 'running' || operation) return;
    this.#pulse = new Pulse({
      open: () => this.#openHeartbeat(),
      interval: this.#usableSettings().settings.heartbeatInterval * 1000,
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
    if (this.#watches.length > 0) this.#nextChange.set(nextChange(this.#snapshot, Date.now()));
    this.#changes.fire(this.#snapshot);
  }
}
