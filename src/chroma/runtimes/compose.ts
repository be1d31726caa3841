import { PASS_PHRASE_VARIABLE } from '../../certificates/pass-phrase.ts';
import { findComposeFiles, isComposeFile } from '../../compose/compose-file.ts';
import { ExplainedError } from '../../errors.ts';
import type { Disposable } from '../../events.ts';
import { watchPath } from '../../folder-watch.ts';
import { run } from '../../process.ts';
import type { Settings } from '../../project/settings.ts';
import { explainPortTaken } from '../port.ts';
import {
  COMPOSE_LABELS,
  findComposeContainers,
  keepsItsData,
  listComposeContainers,
  spellingsOf,
  removeUnusedNetworks,
  wasStopped,
} from './compose-containers.ts';
import { composeCommand, findTarget, type ComposeTarget } from './compose-program.ts';
import { followLogs, readLogs } from './container-logs.ts';
import { renewContainers } from './container-renewal.ts';
import { endContainers, haltContainers, removeForced } from './docker-containers.ts';
import { Engine } from './docker-engine.ts';
import { checkEngine, isUsable } from './docker-facts.ts';
import { isPortTaken } from './docker-problems.ts';
import { findByRole, readObservation, type InspectedContainer } from './docker-state.ts';
import { watchContainers } from './docker-watch.ts';
import type {
  Availability,
  Observation,
  Runtime,
  ServerFacts,
  StartContext,
  StartPlan,
} from './runtime.ts';

/**
 * Chroma as the workspace's own Compose file has it. Only its services are started and ended:
 * the project, its profiles and what else is in it are the person's own.
 */
export class ComposeRuntime implements Runtime {
  readonly kind = 'compose';
  readonly #workspace: string;
  readonly #readSettings: () => Settings;
  #client: Engine | undefined;

  constructor(options: { readonly workspace: string; readonly readSettings: () => Settings }) {
    this.#workspace = options.workspace;
    this.#readSettings = options.readSettings;
  }

  async check(signal?: AbortSignal): Promise<Availability> {
    const engine = await checkEngine(this.#engine, signal);
    if (!engine.available) return engine;
    try {
      const { compose, services } = await findTarget(this.#engine, this.#workspace, signal);
      const program = [compose.program, ...compose.leading].join(' ');
      return {
        available: true,
        seen: `${services.join(' and ')} by ${program} ${compose.version}`,
      };
    } catch (error) {
      if (error instanceof ExplainedError) return { available: false, problem: error.problem };
      throw error;
    }
  }

  async start({ keyPassPhrase }: StartPlan, { report, signal }: StartContext): Promise<void> {
    const target = await findTarget(this.#engine, this.#workspace, signal);
    report({ kind: 'creating' });
    await this.#removeFronts(target, signal);
    const up = composeCommand(target, ['up', '--detach', ...target.services]);
    const env = keyPassPhrase === undefined ? {} : { [PASS_PHRASE_VARIABLE]: keyPassPhrase };
    const { exitCode, stderr } = await run(
      { ...up, env },
      {
        signal,
        cwd: this.#workspace,
        onLine: (line) => {
          const image = /(?:Pulling|pulling from) (\S+)/i.exec(line)?.[1];
          if (image !== undefined) report({ kind: 'pulling', image });
        },
      },
    );
    if (exitCode !== 0) throw await this.#explain(target, stderr);
  }

  /**
   * Every other service stays, and the data does: a file without a volume for it keeps it in the
   * container itself, which is then only stopped.
   */
  async stop(signal?: AbortSignal): Promise<void> {
    if (!(await this.#hasFile()) || !(await isUsable(this.#engine, signal))) return;
    const containers = await this.#find(signal);
    const server = findByRole(containers, 'server');
    if (server && !keepsItsData(server)) {
      await haltContainers(this.#engine, containers, signal);
      return;
    }
    await endContainers(this.#engine, containers, signal);
    const project = server?.Labels?.[COMPOSE_LABELS.project];
    if (project !== undefined) await removeUnusedNetworks(this.#engine, project, signal);
  }

  async observe(signal?: AbortSignal): Promise<Observation> {
    const containers = await this.#find(signal);
    const observation = readObservation(containers, false);
    if (observation.kind === 'none') return observation;
    // As `docker compose stop` leaves it.
    if (wasStopped(containers)) return { kind: 'none' };
    const server: ServerFacts = { ...observation.server, runtime: this.kind };
    if (observation.kind === 'running' && !(server.port > 0)) {
      return { kind: 'halted', server, problem: NOT_PUBLISHED };
    }
    if (observation.kind !== 'exited') return { ...observation, server };
    return { ...observation, server, lastLog: await this.readLog(20, signal) };
  }

  async renew(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    return renewContainers(this.#engine, await this.#find(signal), isServed, signal);
  }

  watch(changed: () => void): Disposable {
    let containers: Disposable | undefined;
    let isEnded = false;
    // Asked anew after each wait.
    const isSettled = (): boolean => isEnded || containers !== undefined;
    // No event of an engine is asked for where there is no Compose file.
    const connect = async (): Promise<void> => {
      if (isSettled() || !(await this.#hasFile())) return;
      const label = { name: COMPOSE_LABELS.folder, values: await spellingsOf(this.#workspace) };
      if (isSettled()) return;
      containers = watchContainers(() => this.#engine, label, changed);
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
    return readLogs(this.#engine, await this.#find(signal), lines, signal);
  }

  followLog(onLine: (line: string) => void): Disposable {
    return followLogs(this.#engine, (signal) => this.#find(signal), onLine);
  }

  /** The client the settings name now. */
  get #engine(): Engine {
    const { containerCommand } = this.#readSettings();
    if (this.#client?.program !== containerCommand) this.#client = new Engine(containerCommand);
    return this.#client;
  }

  /**
   * A front in the network of a Chroma that is no more can only be made anew, which the old
   * docker-compose does not see. It keeps nothing.
   */
  async #removeFronts({ services }: ComposeTarget, signal: AbortSignal): Promise<void> {
    const [, ...fronts] = services;
    const present = await listComposeContainers(this.#engine, this.#workspace, signal);
    const outdated = present.filter(({ Labels }) =>
      fronts.includes(Labels?.[COMPOSE_LABELS.service] ?? ''),
    );
    await removeForced(this.#engine, outdated, signal);
  }

  async #find(signal?: AbortSignal): Promise<readonly InspectedContainer[]> {
    if (!(await this.#hasFile())) return [];
    return findComposeContainers(this.#engine, this.#workspace, signal);
  }

  async #hasFile(): Promise<boolean> {
    const { main, separate } = await findComposeFiles(this.#workspace);
    return main !== undefined || separate;
  }

  async #explain(
    { bindAddress, port, compose }: ComposeTarget,
    stderr: string,
  ): Promise<ExplainedError> {
    if (port !== undefined && isPortTaken(stderr)) {
      const { problem } = await explainPortTaken(bindAddress, port);
      const next = 'Free it, or set CHROMA_TLS_PORT in .env to another one.';
      return new ExplainedError({ ...problem, next, action: 'showLogs', details: stderr });
    }
    return new ExplainedError({
      code: 'compose-failed',
      what: `${[compose.program, ...compose.leading].join(' ')} could not start Chroma.`,
      why: stderr.trim().split('\n').at(-1) ?? '',
      next: 'The log has its whole answer.',
      action: 'showLogs',
      details: stderr,
    });
  }
}

const NOT_PUBLISHED = {
  code: 'compose-no-port',
  what: 'The Compose file publishes no port of Chroma.',
  why: 'Clients on this machine cannot reach it.',
  next: 'Create the Compose file again: Chroma is put right, and the rest stays as it is.',
  action: 'createComposeFile',
} as const;
