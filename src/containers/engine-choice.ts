import { ExplainedError } from '../system/errors.ts';
import type { Disposable } from '../system/events.ts';
import type { Settings } from '../project/settings.ts';
import { Engine } from './engine.ts';
import { runsNothing } from './engine-problems.ts';
import { type WatchedLabel, watchContainers } from './container-watch.ts';
import type { InspectedContainer } from './inspected-container.ts';

/** What an engine has of a workspace. */
interface Holding {
  /** The containers that belong to the workspace. */
  readonly own: readonly InspectedContainer[];
}

/** The same, with the engine that has it. */
export type ChosenEngine<Has extends Holding = Holding> = Has & { readonly engine: Engine };

/**
 * Which engine a workspace's containers are on. The settings name it; but a server that runs on an
 * engine they named before still serves and holds the port, until it is stopped.
 */
export class EngineChoice<Has extends Holding = Holding> {
  readonly #readSettings: () => Settings;
  readonly #find: (engine: Engine, signal?: AbortSignal) => Promise<Has>;
  #current: Engine | undefined;
  /** Where this process last found containers. */
  #holder: Engine | undefined;
  #connect: (() => void) | undefined;

  /** @param find what an engine has of the workspace */
  constructor(
    readSettings: () => Settings,
    find: (engine: Engine, signal?: AbortSignal) => Promise<Has>,
  ) {
    this.#readSettings = readSettings;
    this.#find = find;
  }

  /**
   * The one the settings name now.
   *
   * @throws ExplainedError `invalid-setting`
   */
  get current(): Engine {
    const { containerCommand } = this.#readSettings();
    const isNamed = (engine?: Engine): boolean => engine?.program === containerCommand;
    this.#current = [this.#current, this.#holder].find(isNamed) ?? new Engine(containerCommand);
    return this.#current;
  }

  /**
   * The one whose containers count: the current one, unless only a former one has some, or has some
   * that run.
   *
   * @throws ExplainedError where a former one that had the server does not answer
   */
  async choose(signal?: AbortSignal): Promise<Engine> {
    const { current } = this;
    const former = this.#holder;
    if (!former || former === current) return current;
    // If it cannot be asked, the caller hears so as soon as it goes on with it.
    const here = await this.#find(current, signal).then(weigh, () => 0);
    try {
      const there = weigh(await this.#find(former, signal));
      if (there === 0) this.#holder = undefined;
      return there > here ? former : current;
    } catch (error) {
      if (error instanceof ExplainedError && runsNothing(error.problem)) return current;
      throw error;
    }
  }

  /** @throws ExplainedError where the engine does not answer */
  async find(signal?: AbortSignal): Promise<ChosenEngine<Has>> {
    // A look follows each change of the settings, so the watch follows it too.
    this.#connect?.();
    const engine = await this.choose(signal);
    const found = await this.#find(engine, signal);
    if (found.own.length > 0) this.#holder = engine;
    return { ...found, engine };
  }

  /**
   * The current one for a start, once a former one has nothing left that could be in its way.
   *
   * @param end ends the workspace's containers on an engine
   */
  async take(
    end: (engine: Engine, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Engine> {
    const { current } = this;
    // One that does not answer must not keep a user from going to another.
    const chosen = await this.choose(signal).catch(() => current);
    if (chosen !== current) await end(chosen, signal);
    return current;
  }

  /** Calls back when the containers with a label may have changed, whichever engine has them. */
  watch(label: WatchedLabel, changed: () => void): Disposable {
    const watches = new Map<Engine, Disposable>();
    const connect = (): void => {
      const engines = new Set([this.current, this.#holder ?? this.current]);
      for (const [engine, watch] of watches) {
        if (engines.has(engine)) continue;
        watch.dispose();
        watches.delete(engine);
      }
      for (const engine of engines) {
        if (!watches.has(engine)) watches.set(engine, watchContainers(engine, label, changed));
      }
    };
    this.#connect = connect;
    try {
      connect();
    } catch {
      // An invalid setting is told elsewhere, and may be corrected.
    }
    return {
      dispose: () => {
        this.#connect = undefined;
        for (const watch of watches.values()) watch.dispose();
      },
    };
  }
}

/** A container that runs, or is only paused, counts more than one that has ended. */
function weigh({ own }: Holding): number {
  const weights = own.map(({ State }) => (['running', 'paused'].includes(State.Status) ? 2 : 1));
  return Math.max(0, ...weights);
}
