import type { Availability } from '../../containers/availability.ts';
import type { Disposable } from '../../system/events.ts';
import type { Observation, RuntimeKind } from '../server-facts.ts';
import type { Runtime, StartContext, StartPlan } from './runtime.ts';

/**
 * A runtime whose code is loaded when it is first needed: most commands need one of the four, and some
 * need none.
 */
export class LoadedLater implements Runtime {
  readonly kind: RuntimeKind;
  readonly #load: () => Promise<Runtime>;
  readonly #mayRun: () => Promise<boolean>;
  readonly #comes: ((begin: () => void) => Disposable) | undefined;
  /** Begin the watches that wait until it may run something. */
  readonly #waiting = new Set<() => void>();
  #loaded: Promise<Runtime> | undefined;

  /**
   * @param options.mayRun false where it runs nothing for certain, so that nobody need ask
   * @param options.comes calls back when it may run something although nobody here has started it
   */
  constructor(options: {
    readonly kind: RuntimeKind;
    readonly load: () => Promise<Runtime>;
    readonly mayRun: () => Promise<boolean>;
    readonly comes?: (begin: () => void) => Disposable;
  }) {
    this.kind = options.kind;
    this.#load = options.load;
    this.#mayRun = options.mayRun;
    this.#comes = options.comes;
  }

  async check(signal?: AbortSignal): Promise<Availability> {
    return (await this.#get()).check(signal);
  }

  async start(plan: StartPlan, context: StartContext): Promise<void> {
    this.#beginWatches();
    await (await this.#get()).start(plan, context);
  }

  async stop(signal?: AbortSignal): Promise<void> {
    await (await this.#get()).stop(signal);
  }

  async observe(signal?: AbortSignal): Promise<Observation> {
    if (!(await this.#mayRun())) return { kind: 'none' };
    this.#beginWatches();
    return (await this.#get()).observe(signal);
  }

  async unpause(signal?: AbortSignal): Promise<void> {
    await (await this.#get()).unpause?.(signal);
  }

  async reload(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    return (await this.#get()).reload(isServed, signal);
  }

  /** Where it runs nothing for certain, the watch begins with the first look that finds that it may. */
  watch(changed: () => void): Disposable {
    const beginWhereItMay = async (): Promise<boolean> => {
      const mayRun = await this.#mayRun().catch(() => false);
      if (mayRun) this.#beginWatches();
      return mayRun;
    };
    let watch = this.#comes?.(() => {
      void beginWhereItMay().then((mayRun) => {
        if (mayRun) changed();
      });
    });
    const begin = (): void => {
      watch?.dispose();
      watch = this.#later((runtime) => runtime.watch(changed));
    };
    this.#waiting.add(begin);
    void beginWhereItMay();
    return {
      dispose: () => {
        this.#waiting.delete(begin);
        watch?.dispose();
      },
    };
  }

  async readLog(lines: number, signal?: AbortSignal): Promise<readonly string[]> {
    return (await this.#get()).readLog(lines, signal);
  }

  followLog(onLine: (line: string) => void): Disposable {
    return this.#later((runtime) => runtime.followLog(onLine));
  }

  #beginWatches(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const begin of waiting) begin();
  }

  #get(): Promise<Runtime> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  #later(begin: (runtime: Runtime) => Disposable): Disposable {
    let isEnded = false;
    let begun: Disposable | undefined;
    void this.#get().then((runtime) => {
      if (!isEnded) begun = begin(runtime);
    });
    return {
      dispose: () => {
        isEnded = true;
        begun?.dispose();
      },
    };
  }
}
