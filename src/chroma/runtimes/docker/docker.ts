import type { Disposable } from '../../../system/events.ts';
import { workspaceId } from '../../../project/data-folder.ts';
import type { Settings } from '../../../project/settings.ts';
import { readStartLock } from '../../start-lock.ts';
import { followLogs, readLogs } from './container-logs.ts';
import { renewContainers } from './container-renewal.ts';
import { LABELS } from './commands.ts';
import {
  endContainers,
  findContainers,
  removeContainers,
  unpauseContainers,
} from './containers.ts';
import { checkEngine, isUsable } from '../../../containers/engine-facts.ts';
import { isProxyUp, stopProxy, watchProxy } from './embedded-proxy.ts';
import { startContainers } from './container-start.ts';
import { findByRole, readObservation } from './observation.ts';
import { StopWitness } from '../../../containers/stop-witness.ts';
import { EngineChoice } from '../../../containers/engine-choice.ts';
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
    await startContainers(engine, this.#supervisorFile, plan, context);
  }

  async stop(signal?: AbortSignal): Promise<void> {
    await stopProxy(this.#workspace);
    const engine = await this.#engines.choose(signal);
    const own = await findContainers(engine, this.#id, signal).catch(async (error: unknown) => {
      // Only where there is no engine, or none that runs, is there nothing for certain.
      if (await isUsable(engine, signal)) throw error;
      return undefined;
    });
    if (!own) return;
    // None on an engine of another machine does not mean that there is none on this one.
    if (own.length > 0) await endContainers(engine, own, signal);
    else await isUsable(engine, signal);
  }

  async observe(signal?: AbortSignal): Promise<Observation> {
    const wasStarting = await this.#isStarting();
    const found = await this.#engines.find(signal);
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

  async renew(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    return renewContainers(await this.#engines.find(signal), isServed, signal);
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
    return readLogs(await this.#engines.find(signal), lines, signal);
  }

  followLog(onLine: (line: string) => void): Disposable {
    return followLogs((signal) => this.#engines.find(signal), onLine);
  }

  async #isStarting(): Promise<boolean> {
    return (await readStartLock(this.#workspace)).kind === 'held';
  }
}
