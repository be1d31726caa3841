import { PASSPHRASE_VARIABLE } from '../../../certificates/encoding/passphrase.ts';
import {
  hasComposeFile,
  isComposeFile,
  listProjectFolders,
} from '../../../containers/compose/project-files.ts';
import { ExplainedError, type Problem } from '../../../system/errors.ts';
import type { Disposable } from '../../../system/events.ts';
import { watchPath } from '../../../system/files/folder-watch.ts';
import { run } from '../../../system/processes/program.ts';
import type { Settings } from '../../../project/settings.ts';
import { hasChanged } from '../../../containers/compose/config-hash.ts';
import { COMPOSE_LABELS, nameService } from '../../../containers/compose/labels.ts';
import { removeUnusedNetworks } from '../../../containers/compose/networks.ts';
import { composeCommand, nameCompose } from '../../../containers/compose/compose-program.ts';
import { ComposePull } from '../../../containers/compose/pull.ts';
import { keepsItsData } from './container-data.ts';
import {
  adoptContainers,
  listComposeContainers,
  wasStopped,
  type ComposeChroma,
} from './compose-containers.ts';
import { explainDataAtRisk, findDataHolder } from './data-at-risk.ts';
import {
  explainProxyDown,
  explainUpFailure,
  NOT_PUBLISHED,
  NOT_PUBLISHED_YET,
} from './problems.ts';
import { findTarget } from './target.ts';
import { rejoinProxy, reloadProxy } from './user-proxy.ts';
import { followLogs, readLogs } from '../docker/container-logs.ts';
import { reloadContainers } from '../docker/container-reload.ts';
import { LABELS } from '../container-labels.ts';
import { endContainers, haltContainers, unpauseContainers } from '../docker/docker-containers.ts';
import { removeForced } from '../../../containers/container-queries.ts';
import type { Engine } from '../../../containers/engine.ts';
import { checkEngine, isUsable } from '../../../containers/engine-facts.ts';
import { findByRole, readObservation } from '../docker/observation.ts';
import { hasEnded } from '../../../containers/inspected-container.ts';
import { StopWitness } from '../../../containers/stop-witness.ts';
import { EngineChoice } from '../../../containers/engine-choice.ts';
import type { Runtime, StartContext, StartPlan } from '../runtime.ts';
import type { Observation, ServerFacts } from '../../server-facts.ts';
import type { Availability } from '../../../containers/availability.ts';

/**
 * Chroma as the workspace's own Compose file has it. Only its services are started and ended: the
 * rest of the project is the user's own. A TLS proxy of theirs is started where Chroma cannot be
 * reached without it, and then left alone.
 */
export class ComposeRuntime implements Runtime {
  readonly kind = 'compose';
  readonly #workspace: string;
  readonly #engines: EngineChoice<ComposeChroma>;
  readonly #stops = new StopWitness();

  constructor(options: { readonly workspace: string; readonly readSettings: () => Settings }) {
    this.#workspace = options.workspace;
    this.#engines = new EngineChoice(options.readSettings, (engine, signal) =>
      this.#find(engine, signal),
    );
  }

  async check(signal?: AbortSignal): Promise<Availability> {
    const engine = this.#engines.current;
    // Without a file there is nothing to ask the engine about, and the search below says so.
    const asked = (await this.#hasFile()) ? await checkEngine(engine, signal) : undefined;
    if (asked?.available === false) return asked;
    try {
      const target = await findTarget(engine, this.#workspace, signal);
      const { compose, services, proxyService: proxy } = target;
      const names = [...services, ...(proxy === undefined ? [] : [proxy])].join(' and ');
      return { available: true, seen: `${names} by ${nameCompose(compose)} ${compose.version}` };
    } catch (error) {
      if (error instanceof ExplainedError) return { available: false, problem: error.problem };
      throw error;
    }
  }

  async start({ keyPassphrase }: StartPlan, { report, signal }: StartContext): Promise<void> {
    const target = await findTarget(this.#engines.current, this.#workspace, signal);
    report({ kind: 'creating' });
    const engine = await this.#engines.take((former) => this.#end(former, signal), signal);
    const present = await listComposeContainers(engine, this.#workspace, signal);
    const env = keyPassphrase === undefined ? {} : { [PASSPHRASE_VARIABLE]: keyPassphrase };
    const holder = findDataHolder(target.services[0], present);
    if (holder && (await hasChanged(target, holder, { cwd: this.#workspace, env, signal }))) {
      throw new ExplainedError(explainDataAtRisk(target, holder, engine.program));
    }
    // A TLS proxy in the network of a former Chroma can only be made again, which the old
    // docker-compose does not see. It holds no data.
    const [, ...proxies] = target.services;
    const outdated = present.filter((container) => proxies.includes(nameService(container)));
    await removeForced(engine, outdated, signal);
    const pull = new ComposePull(target.images);
    const bringUp = async (args: readonly string[]): Promise<void> => {
      const up = composeCommand(target, ['up', '--detach', ...args]);
      const { exitCode, stderr } = await run(
        { ...up, env },
        {
          signal,
          cwd: this.#workspace,
          onLine: (line) => {
            const step = pull.read(line);
            if (step) report(step);
          },
        },
      );
      if (exitCode !== 0) throw await explainUpFailure(target, stderr);
    };
    // Compose also makes a container again where only its image was built again.
    await bringUp([...(holder ? ['--no-recreate'] : []), ...target.services]);
    if (target.proxyService === undefined) return;
    await bringUp(['--no-recreate', target.proxyService]);
    const proxy = present.find((container) => nameService(container) === target.proxyService);
    if (proxy) await rejoinProxy(engine, proxy, signal);
  }

  /** Every other service stays, and the data too: a container that holds it is only stopped. */
  async stop(signal?: AbortSignal): Promise<void> {
    if (!(await this.#hasFile())) return;
    const engine = await this.#engines.choose(signal);
    if (await isUsable(engine, signal)) await this.#end(engine, signal);
  }

  async observe(signal?: AbortSignal): Promise<Observation> {
    const found = await this.#engines.find(signal);
    const { engine, own, userProxy: proxy } = found;
    const observation = readObservation(own, false);
    if (observation.kind === 'none') return observation;
    // `docker compose stop` leaves it so.
    if (wasStopped(own)) return { kind: 'none' };
    const server: ServerFacts = {
      ...observation.server,
      runtime: this.kind,
      ...(proxy ? { proxyService: nameService(proxy) } : {}),
    };
    if (observation.kind === 'exited') {
      const container = findByRole(own, 'server');
      const seen = await this.#stops.judge(observation, engine, container, signal);
      return { ...seen, server, lastLog: await readLogs(found, 20, signal) };
    }
    if (observation.kind === 'impaired') return { ...observation, server };
    if (proxy && hasEnded(proxy)) {
      return { kind: 'impaired', server, problem: explainProxyDown(nameService(proxy)) };
    }
    if (server.port > 0) return { kind: 'running', server };
    return { kind: 'impaired', server, problem: await this.#explainUnpublished(engine, signal) };
  }

  async unpause(signal?: AbortSignal): Promise<void> {
    await unpauseContainers(await this.#engines.find(signal), signal);
  }

  async reload(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    const found = await this.#engines.find(signal);
    return found.userProxy
      ? reloadProxy(found.engine, found.userProxy, isServed, signal)
      : reloadContainers(found, isServed, signal);
  }

  watch(changed: () => void): Disposable {
    let containers: Disposable | undefined;
    let isEnded = false;
    // Either may have happened during a wait.
    const isSettled = (): boolean => isEnded || containers !== undefined;
    // Without a Compose file the engine is not asked for events.
    const connect = async (): Promise<void> => {
      if (isSettled() || !(await this.#hasFile())) return;
      const label = {
        name: COMPOSE_LABELS.folder,
        values: await listProjectFolders(this.#workspace),
      };
      if (isSettled()) return;
      containers = this.#engines.watch(label, changed);
    };
    void connect();
    const folder = watchPath(this.#workspace, (name) => {
      if (name !== null && isComposeFile(name)) void connect().then(changed);
    });
    return {
      dispose: () => {
        isEnded = true;
        folder.dispose();
        containers?.dispose();
      },
    };
  }

  async readLog(lines: number, signal?: AbortSignal): Promise<readonly string[]> {
    return readLogs(await this.#engines.find(signal), lines, signal);
  }

  followLog(onLine: (line: string) => void): Disposable {
    return followLogs((signal) => this.#engines.find(signal), onLine);
  }

  async #end(engine: Engine, signal?: AbortSignal): Promise<void> {
    const { own } = await this.#find(engine, signal);
    const server = findByRole(own, 'server');
    if (server && !keepsItsData(server)) {
      await haltContainers(engine, own, signal);
      return;
    }
    await endContainers(engine, own, signal);
    const project = server?.Labels?.[COMPOSE_LABELS.project];
    if (project !== undefined) await removeUnusedNetworks(engine, project, signal);
  }

  async #find(engine: Engine, signal?: AbortSignal): Promise<ComposeChroma> {
    if (!(await this.#hasFile())) return { own: [] };
    const containers = await listComposeContainers(engine, this.#workspace, signal);
    const found = adoptContainers(containers);
    const server = findByRole(found.own, 'server');
    if (found.userProxy || server?.State.Status !== 'running' || server.Labels?.[LABELS.port]) {
      return found;
    }
    // The old docker-compose does not write on a container what depends on what.
    const target = await findTarget(engine, this.#workspace, signal).catch(() => undefined);
    return adoptContainers(containers, target?.proxyService);
  }

  async #explainUnpublished(engine: Engine, signal: AbortSignal | undefined): Promise<Problem> {
    try {
      const { proxyService: proxy, port } = await findTarget(engine, this.#workspace, signal);
      if (proxy !== undefined) return explainProxyDown(proxy);
      return port === undefined ? NOT_PUBLISHED : NOT_PUBLISHED_YET;
    } catch (error) {
      if (error instanceof ExplainedError) return error.problem;
      throw error;
    }
  }

  #hasFile(): Promise<boolean> {
    return hasComposeFile(this.#workspace);
  }
}
