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
  #loaded: Promise<Runtime> | undefined;

  /** @param options.mayRun false where it runs nothing for certain, so that nobody need ask */
  constructor(options: {
    readonly kind: RuntimeKind;
    readonly load: () => Promise<Runtime>;
    readonly mayRun: () => Promise<boolean>;
  }) {
    this.kind = options.kind;
    this.#load = options.load;
    this.#mayRun = options.mayRun;
  }

  async check(signal?: AbortSignal): Promise<Availability> {
    return (await this.#get()).check(signal);
  }

  async start(plan: StartPlan, context: StartContext): Promise<void> {
    await (await this.#get()).start(plan, context);
  }

  async stop(signal?: AbortSignal): Promise<void> {
    await (await this.#get()).stop(signal);
  }

  async observe(signal?: AbortSignal): Promise<Observation> {
    if (!(await this.#mayRun())) return { kind: 'none' };
    return (await this.#get()).observe(signal);
  }

  async unpause(signal?: AbortSignal): Promise<void> {
    await (await this.#get()).unpause?.(signal);
  }

  async renew(isServed: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    return (await this.#get()).renew(isServed, signal);
  }

  watch(changed: () => void): Disposable {
    return this.#later((runtime) => runtime.watch(changed));
  }

  async readLog(lines: number, signal?: AbortSignal): Promise<readonly string[]> {
    return (await this.#get()).readLog(lines, signal);
  }

  followLog(onLine: (line: string) => void): Disposable {
    return this.#later((runtime) => runtime.followLog(onLine));
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
