import type { Disposable } from '../../../system/events.ts';
import { workspaceId } from '../../../project/data-folder.ts';
import type { Settings } from '../../../project/settings.ts';
import { readStartLock } from '../../start-lock.ts';
import { followLogs, readLogs } from './container-logs.ts';
import { reloadContainers } from './container-reload.ts';
import { LABELS } from '../container-labels.ts';
import {
  endContainers,
  findContainers,
  removeContainers,
  unpauseContainers,
} from './docker-containers.ts';
import type { Engine } from '../../../containers/engine.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';
import { checkEngine, isUsable } from '../../../containers/engine-facts.ts';
import { isProxyUp, stopProxy, watchProxy } from './embedded-proxy.ts';
import { startContainers } from './container-start.ts';
import { findByRole, readObservation } from './observation.ts';
import { StopWitness } from '../../../containers/stop-witness.ts';
import { EngineChoice, type ChosenEngine } from '../../../containers/engine-choice.ts';
import type { Runtime, StartContext, StartPlan } from '../runtime.ts';
import type { Observation } from '../../server-facts.ts';
import type { Availability } from '../../../containers/availability.ts';

/** Chroma in a container of the user's own engine, Docker or Podman. */
export class DockerRuntime implements Runtime {
  readonly kind = 'docker';
  readonly #workspace: string;
  readonly #id: string;
  readonly #supervisorFile: string;
  readonly #engines: EngineChoice;
  readonly #stops = new StopWitness();
  /** What the newest look found, for what is done right after it: an engine's client is slow to ask. */
  #found: ChosenEngine | undefined;
  #looks = 0;

  constructor(options: {
    readonly workspace: string;
    readonly supervisorFile: string;
    readonly readSettings: () => Settings;
  }) {
    this.#workspace = options.workspace;
    this.#id = workspaceId(options.workspace);
    this.#supervisorFile = options.supervisorFile;
    this.#engines = new EngineChoice(options.readSettings, async (engine, signal) => ({
      own: await findContainers(engine, this.#id, signal),
    }));
  }

  check(signal?: AbortSignal): Promise<Availability> {
    return checkEngine(this.#engines.current, signal);
  }

  async start(plan: StartPlan, context: StartContext): Promise<void> {
    const engine = await this.#engines.take(
      (former, signal) => removeContainers(former, this.#id, signal),
      context.signal,
    );
    const found = this.#found;
    this.#found = undefined;
    const left = found?.engine === engine ? found.own : undefined;
    await startContainers(engine, this.#supervisorFile, { ...plan, left }, context);
  }

  async stop(signal?: AbortSignal): Promise<void> {
    const found = this.#found;
    await stopProxy(this.#workspace);
    const engine = found?.engine ?? (await this.#engines.choose(signal));
    const own = found?.own ?? (await this.#findToEnd(engine, signal));
    if (!own) return;
    try {
      // None on an engine of another machine does not mean that there is none on this one.
      if (own.length > 0) await endContainers(engine, own, signal);
      else await isUsable(engine, signal);
    } finally {
      this.#found = undefined;
    }
  }

  async #findToEnd(
    engine: Engine,
    signal: AbortSignal | undefined,
  ): Promise<readonly InspectedContainer[] | undefined> {
    try {
      return await findContainers(engine, this.#id, signal);
    } catch (error) {
      // It is certain that there is nothing only where no engine is installed, or none runs.
      if (await isUsable(engine, signal)) throw error;
      return undefined;
    }
  }

  async observe(signal?: AbortSignal): Promise<Observation> {
    const wasStarting = await this.#isStarting();
    const found = await this.#look(signal);
    if (found.own.length === 0) return { kind: 'none' };
    const isUp = await isProxyUp(this.#workspace);
    // Free before and after: no start was under way when the containers were looked at.
    const isStarting = wasStarting || (await this.#isStarting());
    const observation = readObservation(found.own, isUp, isStarting);
    if (observation.kind !== 'exited') return observation;
    const server = findByRole(found.own, 'server');
    const seen = await this.#stops.judge(observation, found.engine, server, signal);
    return { ...seen, lastLog: await readLogs(found, 20, signal) };
  }

  async unpause(signal?: AbortSignal): Promise<void> {
    await unpauseContainers(await this.#engines.find(signal), signal);
  }

  async reload(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    return reloadContainers(await this.#engines.find(signal), isServed, signal);
  }

  watch(changed: () => void): Disposable {
    const watches = [
      this.#engines.watch({ name: LABELS.workspace, values: [this.#id] }, changed),
      watchProxy(this.#workspace, changed),
    ];
    return {
      dispose: () => {
        for (const watch of watches) watch.dispose();
      },
    };
  }

  async readLog(lines: number, signal?: AbortSignal): Promise<readonly string[]> {
    return readLogs(this.#found ?? (await this.#engines.find(signal)), lines, signal);
  }

  followLog(onLine: (line: string) => void): Disposable {
    return followLogs((signal) => this.#engines.find(signal), onLine);
  }

  async #look(signal: AbortSignal | undefined): Promise<ChosenEngine> {
    this.#found = undefined;
    const look = (this.#looks += 1);
    const found = await this.#engines.find(signal);
    // One that began later may know more.
    if (look === this.#looks) this.#found = found;
    return found;
  }

  async #isStarting(): Promise<boolean> {
    return (await readStartLock(this.#workspace)).kind === 'held';
  }
}
