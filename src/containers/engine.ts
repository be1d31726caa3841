import { ExplainedError, type Problem } from '../system/errors.ts';
import type { Disposable } from '../system/events.ts';
import { follow, ProgramNotFoundError, run, type Outcome } from '../system/processes/program.ts';
import { explainEngineFailure, explainMissingEngine } from './engine-problems.ts';

export type EngineKind = 'docker' | 'podman';

/** How long (ms) an engine may take for one answer: stopping a container takes ten seconds. */
const ANSWER_TIMEOUT = 60_000;

/** How long (ms) an engine may take to say that it is there, or which containers it has. */
export const CHECK_TIMEOUT = 10_000;

/** The client of a container engine: a command goes out, its answer comes back. */
export class Engine {
  /** A name looked up on PATH and in the usual places, or an absolute path. */
  readonly program: string;
  #kind: EngineKind | undefined;

  constructor(program: string) {
    this.program = program;
  }

  /**
   * Whose client it is, by its own word: what is called `docker` may be Podman.
   *
   * @throws ProgramNotFoundError; AbortError when the signal fires
   */
  async kind(signal?: AbortSignal): Promise<EngineKind> {
    if (this.#kind !== undefined) return this.#kind;
    const { stdout } = await this.run(['--version'], signal);
    const kind = /^podman/i.test(stdout) ? 'podman' : 'docker';
    this.#kind = kind;
    return kind;
  }

  /** @throws ProgramNotFoundError; AbortError when the signal fires */
  run(args: readonly string[], signal?: AbortSignal, timeout = ANSWER_TIMEOUT): Promise<Outcome> {
    return run({ program: this.program, args }, { signal, timeout });
  }

  /**
   * The same, where a failure ends the matter.
   *
   * @param env added to the client's environment: what `--env NAME` takes from there
   * @param timeout milliseconds
   * @throws ExplainedError in the engine's own words where it gave no other
   */
  async must(
    args: readonly string[],
    signal?: AbortSignal,
    env: Readonly<Record<string, string>> = {},
    timeout = ANSWER_TIMEOUT,
  ): Promise<Outcome> {
    const command = { program: this.program, args, env };
    const outcome = await run(command, { signal, timeout }).catch((error: unknown) => {
      if (!(error instanceof ProgramNotFoundError)) throw error;
      throw new ExplainedError(explainMissingEngine(this.program));
    });
    if (outcome.exitCode !== 0) throw new ExplainedError(this.explain(outcome));
    return outcome;
  }

  /**
   * Runs a command that may take its time, handing over each line as it comes.
   *
   * @param env added to the client's environment
   */
  runAtLength(
    args: readonly string[],
    onLine: (line: string) => void,
    signal: AbortSignal,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    return run({ program: this.program, args, env }, { signal, onLine });
  }

  /** Runs a command that goes on until disposed. */
  follow(args: readonly string[], onLine: (line: string) => void, onEnd?: () => void): Disposable {
    return follow({ program: this.program, args }, onLine, onEnd);
  }

  /** Why a command failed. What stands in for a client (in WSL, say) complains where it answers. */
  explain({ stderr, stdout }: Outcome): Problem {
    return explainEngineFailure(this.program, stderr.trim() === '' ? stdout : stderr);
  }
}
