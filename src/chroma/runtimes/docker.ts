import type { Disposable } from '../../events.ts';
import { workspaceId } from '../../project/data-folder.ts';
import type { Settings } from '../../project/settings.ts';
import { followLogs, readLogs } from './container-logs.ts';
import { renewContainers } from './container-renewal.ts';
import { LABELS } from './docker-commands.ts';
import { findContainers, removeContainers } from './docker-containers.ts';
import { Engine } from './docker-engine.ts';
import { checkEngine, isUsable } from './docker-facts.ts';
import { isFrontUp, stopFront, watchFront } from './docker-front.ts';
import { startContainers } from './docker-start.ts';
import { readObservation } from './docker-state.ts';
import { watchContainers } from './docker-watch.ts';
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

  async stop(signal?: AbortSignal): Promise<void> {
    await stopFront(this.#workspace);
    if (await isUsable(this.#engine, signal)) {
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
    return renewContainers(this.#engine, containers, isServed, signal);
  }

  watch(changed: () => void): Disposable {
    const watches = [
      watchContainers(() => this.#engine, { name: LABELS.workspace, values: [this.#id] }, changed),
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
    return readLogs(this.#engine, containers, lines, signal);
  }

  followLog(onLine: (line: string) => void): Disposable {
    const engine = this.#engine;
    return followLogs(engine, (signal) => findContainers(engine, this.#id, signal), onLine);
  }

  /** The client the settings name now. */
  get #engine(): Engine {
    const { containerCommand } = this.#readSettings();
    if (this.#client?.program !== containerCommand) this.#client = new Engine(containerCommand);
    return this.#client;
  }
}
