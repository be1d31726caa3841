import { ExplainedError } from '../../errors.ts';
import type { Settings } from '../../project/settings.ts';
import type { Runtime, RuntimeKind } from './runtime.ts';

export interface Choice {
  readonly runtime: Runtime;
  /** Which runtime and why, as a sentence. */
  readonly why: string;
}

/**
 * Picks the runtime: what the setting names, or the Compose file's Chroma if there is one, docker if its engine answers, else local.
 *
 * @throws ExplainedError the problem of the runtime that was asked for; with `auto` the local
 *   one's, because it is the last that could have worked
 */
export async function chooseRuntime(
  setting: Settings['runtime'],
  runtimes: readonly Runtime[],
  signal?: AbortSignal,
): Promise<Choice> {
  const find = (wanted: RuntimeKind): Runtime => {
    const found = runtimes.find(({ kind }) => kind === wanted);
    if (!found) throw new Error(`There is no runtime ${wanted}.`);
    return found;
  };
  if (setting !== 'auto') {
    const runtime = find(setting);
    const asked = await runtime.check(signal);
    if (!asked.available) throw new ExplainedError(asked.problem);
    return { runtime, why: `Using ${setting} (${asked.seen}), as set.` };
  }
  // A workspace whose own file has a Chroma means that one.
  const compose = await find('compose').check(signal);
  if (compose.available) {
    return { runtime: find('compose'), why: `Using the Compose file's ${compose.seen}.` };
  }
  const docker = await find('docker').check(signal);
  if (docker.available) {
    return { runtime: find('docker'), why: `Using docker: its engine answers (${docker.seen}).` };
  }
  const local = await find('local').check(signal);
  if (local.available) {
    return {
      runtime: find('local'),
      why: `Using local (${local.seen}): ${docker.problem.what}`,
    };
  }
  throw new ExplainedError({
    ...local.problem,
    why: [docker.problem.what, local.problem.what].join(' '),
    what: 'There is nothing to run Chroma with.',
  });
}
