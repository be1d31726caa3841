import { ExplainedError, type ProblemText } from '../../errors.ts';
import type { Disposable } from '../../events.ts';
import { follow, ProgramNotFoundError, run, type Outcome } from '../../process.ts';
import { workspaceId } from '../../project/data-folder.ts';
import type { Settings } from '../../project/settings.ts';
import { explainPortTaken, isPortFree } from '../port.ts';
import { describeImage } from '../version.ts';
import {
  LABELS,
  chooseTermination,
  createProxyArgs,
  createServerArgs,
  dockerCommand,
  eventsArgs,
  inspectArgs,
  listArgs,
  nameContainers,
  volumeArgs,
  type ContainerPlan,
} from './docker-commands.ts';
import { pullImage } from './docker-pull.ts';
import { explainEngineFailure, explainMissing, isPortTaken } from './docker-problems.ts';
import { parseInspected, readObservation } from './docker-state.ts';
import type { Availability, Observation, Runtime, StartContext, StartPlan } from './runtime.ts';

/** How long (ms) after the engine's event stream ended it is asked for again. */
const RECONNECT_DELAY = 5000;

/** Chroma in a container of the user's own engine; TLS by uvicorn or by nginx beside it. */
export class DockerRuntime implements Runtime {
  readonly kind = 'docker';
  readonly #workspace: string;
  readonly #id: string;
  readonly #readSettings: () => Settings;

  constructor(workspace: string, readSettings: () => Settings) {
    this.#workspace = workspace;
    this.#id = workspaceId(workspace);
    this.#readSettings = readSettings;
  }

  get #program(): string {
    return this.#readSettings().containerCommand;
  }

  async check(signal?: AbortSignal): Promise<Availability> {
    try {
      const version = await this.#run(
        ['version', '--format', '{{.Server.Version}}'],
        signal,
        10_000,
      );
      if (version.exitCode === 0) {
        return { available: true, seen: `${this.#program} ${version.stdout.trim()}` };
      }
      return { available: false, problem: this.#explain(version) };
    } catch (error) {
      if (error instanceof ProgramNotFoundError) {
        return { available: false, problem: explainMissing(this.#program) };
      }
      throw error;
    }
  }

  async start(plan: StartPlan, { report, signal }: StartContext): Promise<void> {
    const { settings } = plan;
    const traits = describeImage(settings.image);
    const containers: ContainerPlan = {
      workspaceId: this.#id,
      workspace: this.#workspace,
      image: settings.image,
      nginxImage: settings.nginxImage,
      traits,
      bindAddress: settings.bindAddress,
      port: settings.port,
      certificatesFolder: plan.certificatesFolder,
    };
    const withProxy = chooseTermination(traits) === 'nginx';
    const images = withProxy ? [settings.image, settings.nginxImage] : [settings.image];
    for (const image of images) await pullImage(this.#program, image, report, signal);
    report({ kind: 'creating' });
    await this.#remove(signal);
    if (!(await isPortFree(settings.bindAddress, settings.port))) {
      throw await explainPortTaken(
        settings.bindAddress,
        settings.port,
        await this.#findPublisher(settings.port, signal),
      );
    }
    await this.#must(volumeArgs(containers), signal);
    // A name that is taken here is another window's start: its container is not ours to remove.
    await this.#must(createServerArgs(containers), signal);
    try {
      if (withProxy) await this.#must(createProxyArgs(containers), signal);
      const names = nameContainers(this.#id);
      await this.#startContainer(names.server, settings, signal);
      if (withProxy) await this.#startContainer(names.proxy, settings, signal);
    } catch (error) {
      // Half a server helps nobody; its volume, and so its data, stays.
      await this.#remove(undefined);
      throw error;
    }
  }

  async renew(_: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    const observation = await this.observe(signal);
    if (observation.kind !== 'running' || observation.server.tls !== 'nginx') return false;
    // nginx's own way to take a new certificate: its new workers serve it, the old ones finish.
    const { proxy } = nameContainers(this.#id);
    return (await this.#run(['kill', '--signal', 'HUP', proxy], signal)).exitCode === 0;
  }

  /** A missing or stopped engine runs no container either. */
  async stop(signal?: AbortSignal): Promise<void> {
    if ((await this.check(signal)).available) await this.#remove(signal);
  }

  async #remove(signal: AbortSignal | undefined): Promise<void> {
    const ids = await this.#list(signal);
    if (ids.length === 0) return;
    // Ten seconds for Chroma to finish its writes, then removal for certain.
    await this.#run(['stop', '--time', '10', ...ids], signal);
    const removed = await this.#run(['rm', '--force', ...ids], signal);
    if (removed.exitCode !== 0 && !/no such container|already in progress/i.test(removed.stderr)) {
      throw new ExplainedError(this.#explain(removed));
    }
  }

  async observe(signal?: AbortSignal): Promise<Observation> {
    const ids = await this.#list(signal);
    if (ids.length === 0) return { kind: 'none' };
    const inspected = await this.#run(inspectArgs(ids), signal);
    const observation = readObservation(parseInspected(inspected.stdout));
    if (observation.kind !== 'exited') return observation;
    return { ...observation, lastLog: await this.readLog(20, signal) };
  }

  watch(changed: () => void): Disposable {
    let ended = false;
    let stream: Disposable | undefined;
    let timer: NodeJS.Timeout | undefined;
    const connect = (): void => {
      stream = follow(dockerCommand(this.#program, eventsArgs(this.#id)), changed, () => {
        // The engine went away, or was never there: what we knew is void.
        changed();
        if (!ended) timer = setTimeout(connect, RECONNECT_DELAY).unref();
      });
    };
    connect();
    return {
      dispose: () => {
        ended = true;
        clearTimeout(timer);
        stream?.dispose();
      },
    };
  }

  async readLog(lines: number, signal?: AbortSignal): Promise<readonly string[]> {
    const names = nameContainers(this.#id);
    const logs: string[] = [];
    for (const name of [names.server, names.proxy]) {
      const outcome = await this.#run(['logs', '--tail', String(lines), name], signal);
      if (outcome.exitCode !== 0) continue;
      logs.push(...`${outcome.stdout}\n${outcome.stderr}`.split('\n').filter(Boolean));
    }
    return logs.slice(-lines);
  }

  followLog(onLine: (line: string) => void): Disposable {
    const names = nameContainers(this.#id);
    return follow(
      dockerCommand(this.#program, ['logs', '--follow', '--tail', '200', names.server]),
      onLine,
    );
  }

  async #startContainer(
    name: string,
    settings: Settings,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const started = await this.#run(['start', name], signal);
    if (started.exitCode === 0) return;
    if (isPortTaken(started.stderr)) {
      throw await explainPortTaken(settings.bindAddress, settings.port);
    }
    throw new ExplainedError(this.#explain(started));
  }

  /** The running container that publishes a port, in a person's words. */
  async #findPublisher(port: number, signal?: AbortSignal): Promise<string | undefined> {
    const format = `{{.Names}} ({{.Image}})\t{{.Label "${LABELS.folder}"}}`;
    const found = await this.#run(
      ['ps', '--filter', `publish=${port}`, '--format', format],
      signal,
    );
    const [first] = found.stdout.split('\n').filter(Boolean);
    if (first === undefined) return undefined;
    const [container = '', folder = ''] = first.split('\t');
    return folder === ''
      ? `the container ${container}`
      : `the Chroma server of ${folder}, the container ${container}`;
  }

  async #list(signal?: AbortSignal): Promise<readonly string[]> {
    const listed = await this.#must(listArgs(this.#id), signal);
    return listed.stdout.split('\n').filter(Boolean);
  }

  async #must(args: readonly string[], signal: AbortSignal | undefined): Promise<Outcome> {
    const outcome = await this.#run(args, signal);
    if (outcome.exitCode !== 0) throw new ExplainedError(this.#explain(outcome));
    return outcome;
  }

  async #run(
    args: readonly string[],
    signal: AbortSignal | undefined,
    timeout = 60_000,
  ): Promise<Outcome> {
    return run(dockerCommand(this.#program, args), { signal, timeout });
  }

  #explain({ stderr }: Outcome): ProblemText {
    return explainEngineFailure(this.#program, stderr);
  }
}
