import { ExplainedError } from '../../system/errors.ts';
import { ProgramNotFoundError, run, type Command } from '../../system/processes/program.ts';
import type { Engine } from '../engine.ts';

/** A Compose that can be run: the engine's own subcommand, or a program of its own. */
export interface ComposeProgram {
  readonly program: string;
  /** What comes before any of Compose's own words. */
  readonly leading: readonly string[];
  readonly version: string;
}

/** A Compose, and the file to name to it; none where it finds the workspace's own by itself. */
export interface ComposeInvocation {
  readonly compose: ComposeProgram;
  readonly file?: string | undefined;
}

/** How long (ms) Compose may take to say its version or to resolve a file. */
export const ANSWER_TIMEOUT = 30_000;

/**
 * The Compose of this machine: `docker compose` before the old `docker-compose`.
 *
 * @throws ExplainedError `compose-not-installed`
 */
export async function findCompose(engine: Engine, signal?: AbortSignal): Promise<ComposeProgram> {
  const standalone = (await engine.kind()) === 'podman' ? 'podman-compose' : 'docker-compose';
  for (const { program, leading } of [
    { program: engine.program, leading: ['compose'] },
    { program: standalone, leading: [] },
  ]) {
    const args = [...leading, 'version', '--short'];
    const asked = await run({ program, args }, { signal, timeout: ANSWER_TIMEOUT }).catch(
      (error: unknown) => {
        if (error instanceof ProgramNotFoundError) return undefined;
        throw error;
      },
    );
    const version = /\d+\.\d+\.\d+\S*/.exec(asked?.stdout ?? '')?.[0];
    if (asked?.exitCode === 0 && version !== undefined) return { program, leading, version };
  }
  throw new ExplainedError({
    code: 'compose-not-installed',
    what: `There is neither ${engine.program} compose nor ${standalone} on this machine.`,
    next: 'Install the Compose plugin, or set chromaTls.runtime to docker.',
    action: { open: 'https://docs.docker.com/compose/install/', label: 'Get Compose' },
  });
}

/** One of Compose's commands as data. Pure. */
export function composeCommand(
  { compose, file }: ComposeInvocation,
  args: readonly string[],
): Command {
  const chosen = file === undefined ? [] : ['--file', file];
  return { program: compose.program, args: [...compose.leading, ...chosen, ...args] };
}

/** What a user types to call it, such as `docker compose`. Pure. */
export function nameCompose({ program, leading }: ComposeProgram): string {
  return [program, ...leading].join(' ');
}

/** Whether it is docker-compose 1.x or podman-compose, which have other options. Pure. */
export function isOld({ version }: ComposeProgram): boolean {
  return version.startsWith('1.');
}
