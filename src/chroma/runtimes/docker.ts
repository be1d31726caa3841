import type { Disposable } from '../../events.ts';
import { workspaceId } from '../../project/data-folder.ts';
import type { Settings } from '../../project/settings.ts';
import { findContainers, removeContainers } from './docker-containers.ts';
import { Engine } from './docker-engine.ts';
import { checkEngine } from './docker-facts.ts';
import { isFrontUp, stopFront, watchFront } from './docker-front.ts';
import { startContainers } from './docker-start.ts';
import { findByRole, readObservation, type InspectedContainer, type Role } from './docker-state.ts';
import { watchContainers } from './docker-watch.ts';
import { awaitRenewal } from './renewal.ts';
import type { Availability, Observation, Runtime, StartContext, StartPlan } from './runtime.ts';

/** Chroma in a container of the user's own engine, Docker or Podman. */
export class DockerRuntime implements Runtime {
  readonly kind = 'docker';
  readonly #workspace: string;
  readonly #id: string;
  readonly #supervisorFile: string;
  readonly #readSettings: () => Settings;
  #client: Engine | undefined;

  constructor(options: {
    readonly workspace: string;
    readonly supervisorFile: string;
    readonly readSettings: () => Settings;
  }) {
    this.#workspace = options.workspace;
    this.#id = workspaceId(options.workspace);
    this.#supervisorFile = options.supervisorFile;
    this.#readSettings = options.readSettings;
  }

  check(signal?: AbortSignal): Promise<Availability> {
    return checkEngine(this.#engine, signal);
  }

  start(plan: StartPlan, context: StartContext): Promise<void> {
    return startContainers(this.#engine, this.#supervisorFile, plan, context);
  }

  /** A missing or stopped engine runs no container either. */
  async stop(signal?: AbortSignal): Promise<void> {
    await stopFront(this.#workspace);
    if ((await this.check(signal)).available) {
      await removeContainers(this.#engine, this.#id, signal);
    }
  }

  async observe(signal?: AbortSignal): Promise<Observation> {
    const containers = await findContainers(this.#engine, this.#id, signal);
    if (containers.length === 0) return { kind: 'none' };
    const observation = readObservation(containers, await isFrontUp(this.#workspace));
    if (observation.kind !== 'exited') return observation;
    return { ...observation, lastLog: await this.readLog(20, signal) };
  }

  async renew(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    const containers = await findContainers(this.#engine, this.#id, signal);
    const observation = readObservation(containers, true);
    if (observation.kind !== 'running') return false;
    const proxy = findByRole(containers, 'proxy');
    switch (observation.server.tls) {
      case 'nginx':
        // Its own way to take a new certificate: new workers serve it, the old ones finish.
        return this.#tell(proxy, ['kill', '--signal', 'HUP'], isServed, signal);
      case 'envoy':
        // It watches the folder itself. Where no word of a change gets through to a container, as
        // from some virtual machines' shared folders, only the front is started anew.
        return (
          (await awaitRenewal(isServed, signal)) ||
          this.#tell(proxy, ['restart', '-t', '1'], isServed, signal)
        );
      case 'embedded':
        return awaitRenewal(isServed, signal);
      case 'uvicorn':
      case 'other':
        return false;
    }
  }

  watch(changed: () => void): Disposable {
    const watches = [
      watchContainers(() => this.#engine, this.#id, changed),
      watchFront(this.#workspace, changed),
    ];
    return {
      dispose: () => {
        for (const watch of watches) watch.dispose();
      },
    };
  }

  async readLog(lines: number, signal?: AbortSignal): Promise<readonly string[]> {
    const containers = await findContainers(this.#engine, this.#id, signal);
    const logs: string[] = [];
    for (const role of ['server', 'proxy'] as const) {
      const container = findByRole(containers, role);
      if (!container) continue;
      const { stdout, stderr } = await this.#engine.run(
        ['logs', '--tail', String(lines), container.Id],
        signal,
      );
      logs.push(...`${stdout}\n${stderr}`.split('\n').filter(Boolean));
    }
    return logs.slice(-lines);
  }

  followLog(onLine: (line: string) => void): Disposable {
    const ending = new AbortController();
    let stream: Disposable | undefined;
    this.#find('server', ending.signal)
      .then((server) => {
        if (!server || ending.signal.aborted) return;
        stream = this.#engine.follow(['logs', '--follow', '--tail', '200', server.Id], onLine);
      })
      // Without a server there is no log to follow.
      .catch(() => undefined);
    return {
      dispose: () => {
        ending.abort();
        stream?.dispose();
      },
    };
  }

  /** The client the settings name now. */
  get #engine(): Engine {
    const { containerCommand } = this.#readSettings();
    if (this.#client?.program !== containerCommand) this.#client = new Engine(containerCommand);
    return this.#client;
  }

  async #find(role: Role, signal: AbortSignal): Promise<InspectedContainer | undefined> {
    return findByRole(await findContainers(this.#engine, this.#id, signal), role);
  }

  /** Has a proxy told of the new certificate, and waits until it serves it. */
  async #tell(
    proxy: InspectedContainer | undefined,
    command: readonly string[],
    isServed: () => Promise<boolean>,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (!proxy) return false;
    const told = await this.#engine.run([...command, proxy.Id], signal);
    return told.exitCode === 0 && awaitRenewal(isServed, signal);
  }
}
