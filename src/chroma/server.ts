import { join } from 'node:path';
import { inspectCertificate, readTrustAnchors } from '../certificates/inspect.ts';
import { ExplainedError, isCancellation, toProblem } from '../errors.ts';
import { Emitter, type Disposable } from '../events.ts';
import { parseServerName } from '../project/domain.ts';
import { connectAddress } from '../project/endpoint.ts';
import { readDomain } from '../project/env-file.ts';
import type { Settings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { Heartbeat } from './heartbeat.ts';
import { makeCertificate, refuseUnverifiable } from './server-certificate.ts';
import { Pulse } from './pulse.ts';
import { chooseRuntime } from './runtimes/choice.ts';
import { DockerRuntime } from './runtimes/docker.ts';
import { LocalRuntime } from './runtimes/local.ts';
import type {
  Runtime,
  RuntimeKind,
  ServerFacts,
  StartContext,
  StartStep,
} from './runtimes/runtime.ts';
import {
  deriveStatus,
  reduce,
  STARTUP_GRACE,
  type Snapshot,
  type SnapshotEvent,
} from './status.ts';
import { describeImage } from './version.ts';

export interface ServerEnvironment {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Throws ExplainedError `invalid-setting` when a person wrote what cannot be. */
  readonly readSettings: () => Settings;
  readonly runtimes: Readonly<Record<RuntimeKind, Runtime>>;
  readonly log: (line: string) => void;
}

export type StartOptions = Pick<StartContext, 'signal' | 'consent'>;

/** Sole owner of the state of one workspace's server: facts come in, one snapshot goes out. */
export class Server implements Disposable {
  readonly #environment: ServerEnvironment;
  readonly #changes = new Emitter<Snapshot>();
  readonly onDidChange = this.#changes.event;
  readonly #watches: Disposable[] = [];
  #pulse: Pulse | undefined;
  #refreshing: Promise<void> = Promise.resolve();
  #snapshot: Snapshot = {
    domain: 'localhost',
    certificate: { kind: 'none' },
    observation: { kind: 'none' },
  };

  constructor(environment: ServerEnvironment) {
    this.#environment = environment;
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

  async #readProject(): Promise<void> {
    const { workspace, readSettings } = this.#environment;
    const settings = readSettings();
    const domain = await readDomain(await resolveInWorkspace(workspace, settings.envFile));
    const folder = await resolveInWorkspace(workspace, settings.certificatesFolder);
    this.#apply({
      kind: 'project',
      domain,
      certificate: await inspectCertificate(folder, domain),
    });
    // Another domain or authority asks for another handshake.
    this.#restartPulse();
  }

  /** Asks the runtimes whose server this is, and how it is. */
  async observe(): Promise<void> {
    const { docker, local } = this.#environment.runtimes;
    const localSeen = await local.observe();
    const seen =
      localSeen.kind === 'running' ? localSeen : await docker.observe().catch(() => localSeen);
    this.#apply({ kind: 'observed', observation: seen.kind === 'none' ? localSeen : seen });
    this.#restartPulse();
  }

  /** One heartbeat of whatever server was observed; for those who do not watch. */
  async probe(): Promise<void> {
    const heartbeat = await this.#openHeartbeat();
    if (!heartbeat) return;
    this.#apply({
      kind: 'probed',
      serverId: heartbeat.server.id,
      probe: await heartbeat.pulse.beat(),
    });
    heartbeat.pulse.dispose();
  }

  /** Follows lifecycle events and the heartbeat until disposed. */
  watch(): void {
    if (this.#watches.length > 0) return;
    for (const runtime of Object.values(this.#environment.runtimes)) {
      let queued = Promise.resolve();
      this.#watches.push(
        runtime.watch(() => {
          queued = queued
            .then(() => this.observe())
            .catch((error: unknown) => {
              this.#environment.log(toProblem(error).what);
            });
        }),
      );
    }
    this.#restartPulse();
  }

  /**
   * Makes a certificate if there is none, picks the runtime, starts, and waits for the first
   * verified heartbeat.
   *
   * @throws ExplainedError, also kept in the snapshot; AbortError when cancelled
   */
  async start(options: StartOptions): Promise<void> {
    const { readSettings, runtimes, log, workspace } = this.#environment;
    const report = (step: StartStep): void => {
      this.#apply({ kind: 'operation', operation: { kind: 'starting', step } });
    };
    let runtime: Runtime | undefined;
    try {
      report({ kind: 'choosing' });
      const settings = readSettings();
      const folder = await resolveInWorkspace(workspace, settings.certificatesFolder);
      await this.refreshProject();
      await this.observe();
      if (this.#snapshot.observation.kind === 'running') {
        runtime = runtimes[this.#snapshot.observation.server.runtime];
      } else {
        if (this.#snapshot.certificate.kind === 'none') {
          report({ kind: 'certificate' });
          await makeCertificate(workspace, folder, this.#snapshot.domain, settings);
          await this.refreshProject();
        }
        refuseUnverifiable(this.#snapshot.certificate);
        const choice = await chooseRuntime(settings.runtime, runtimes, options.signal);
        runtime = choice.runtime;
        log(choice.why);
        report({ kind: 'choosing', chosen: choice.why });
        await runtime.start(
          { workspace, certificatesFolder: folder, settings },
          { ...options, report },
        );
      }
      report({ kind: 'heartbeat' });
      await this.observe();
      await this.#awaitHeartbeat(runtime, options.signal);
      this.#apply({ kind: 'operation', operation: undefined });
      this.#restartPulse();
    } catch (error) {
      await this.#giveUp(error, runtime);
      throw error;
    }
  }

  async stop(signal?: AbortSignal): Promise<void> {
    const { docker, local } = this.#environment.runtimes;
    this.#apply({ kind: 'operation', operation: { kind: 'stopping' } });
    this.#pulse?.dispose();
    try {
      await local.stop(signal);
      if ((await docker.check(signal)).available) await docker.stop(signal);
    } finally {
      this.#apply({ kind: 'operation', operation: undefined });
      await this.observe();
    }
  }

  async restart(options: StartOptions): Promise<void> {
    await this.stop(options.signal);
    await this.start(options);
  }

  async readLog(lines: number): Promise<readonly string[]> {
    return this.#ownRuntime().readLog(lines);
  }

  followLog(onLine: (line: string) => void): Disposable {
    return this.#ownRuntime().followLog(onLine);
  }

  dispose(): void {
    this.#pulse?.dispose();
    for (const watch of this.#watches) watch.dispose();
    this.#changes.dispose();
  }

  #ownRuntime(): Runtime {
    const { observation } = this.#snapshot;
    const { docker, local } = this.#environment.runtimes;
    return observation.kind !== 'none' && observation.server.runtime === 'docker' ? docker : local;
  }

  async #awaitHeartbeat(runtime: Runtime, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + STARTUP_GRACE;
    let last = '';
    while (Date.now() < deadline) {
      signal.throwIfAborted();
      await this.probe();
      const { probe, observation } = this.#snapshot;
      if (probe?.ok) return;
      if (observation.kind !== 'running') break;
      if (probe && !probe.failure.transient) break;
      last = probe?.failure.message ?? '';
      await new Promise((resolve) => setTimeout(resolve, 250));
      const seen = await runtime.observe(signal);
      if (seen.kind !== 'running') this.#apply({ kind: 'observed', observation: seen });
    }
    const { probe, observation } = this.#snapshot;
    const { operation: _, ...known } = this.#snapshot;
    const status = deriveStatus(known);
    if (observation.kind === 'exited' && status.state === 'failed') {
      throw new ExplainedError(status.problem);
    }
    throw new ExplainedError({
      code: 'no-heartbeat',
      what: 'The server was started, but gave no verified heartbeat.',
      why: probe && !probe.ok ? probe.failure.message : last,
      next: 'Its log may say why.',
      action: 'showLogs',
    });
  }

  async #giveUp(error: unknown, runtime: Runtime | undefined): Promise<void> {
    // A start that is broken off leaves nothing half-way behind.
    if (isCancellation(error)) {
      await runtime?.stop().catch(() => undefined);
    } else {
      const problem = toProblem(error);
      const lastLog = (await runtime?.readLog(20).catch(() => [])) ?? [];
      this.#environment.log(
        [problem.what, problem.why, problem.details].filter(Boolean).join('\n'),
      );
      this.#apply({ kind: 'failed', failure: { problem, lastLog } });
    }
    this.#apply({ kind: 'operation', operation: undefined });
    await this.observe();
  }

  async #openHeartbeat(): Promise<{ server: ServerFacts; pulse: Heartbeat } | undefined> {
    const { observation, domain } = this.#snapshot;
    if (observation.kind !== 'running') return undefined;
    const { workspace, readSettings } = this.#environment;
    const { server } = observation;
    try {
      const folder = await resolveInWorkspace(workspace, readSettings().certificatesFolder);
      const pulse = new Heartbeat({
        address: connectAddress(server.bindAddress),
        port: server.port,
        name: parseServerName(domain).value,
        path: describeImage(server.image).heartbeatPath,
        trustAnchors: await readTrustAnchors(folder),
      });
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
      interval: this.#environment.readSettings().heartbeatInterval * 1000,
      onProbe: (serverId, probe) => {
        this.#apply({ kind: 'probed', serverId, probe });
      },
    });
  }

  #apply(event: SnapshotEvent): void {
    this.#snapshot = reduce(this.#snapshot, event);
    this.#changes.fire(this.#snapshot);
  }
}

/**
 * The server of one workspace with its real runtimes.
 *
 * @param options.distFolder where our bundles lie
 * @param options.held whether a local server ends when this process does (VS Code), or lives on
 */
export function createServer(options: {
  readonly workspace: string;
  readonly distFolder: string;
  readonly readSettings: () => Settings;
  readonly log: (line: string) => void;
  readonly held?: boolean;
}): Server {
  const { workspace, distFolder, readSettings, log, held = true } = options;
  return new Server({
    workspace,
    readSettings,
    log,
    runtimes: {
      docker: new DockerRuntime(workspace, readSettings),
      local: new LocalRuntime({
        workspace,
        supervisorFile: join(distFolder, 'supervisor.js'),
        readSettings,
        held,
      }),
    },
  });
}
