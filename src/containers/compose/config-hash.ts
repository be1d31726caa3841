import { run } from '../../system/processes/program.ts';
import type { InspectedContainer } from '../inspected-container.ts';
import { COMPOSE_LABELS, nameService } from './labels.ts';
import {
  ANSWER_TIMEOUT,
  composeCommand,
  isOld,
  type ComposeInvocation,
} from './compose-program.ts';

/** The folder and the environment of `up`: what the environment sets is part of a service. */
interface UpOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Whether the Compose file has changed for a service since its container was made, so that `up` would
 * make the container again. False where Compose does not tell.
 */
export async function hasChanged(
  { compose, file }: ComposeInvocation,
  container: InspectedContainer,
  { env, ...options }: UpOptions,
): Promise<boolean> {
  const before = container.Labels?.[COMPOSE_LABELS.hash];
  const service = nameService(container);
  const ask = async (
    asked: string | undefined,
    args: readonly string[],
    input?: string,
  ): Promise<string> => {
    const command = { ...composeCommand({ compose, file: asked }, args), env };
    const outcome = await run(command, { ...options, input, timeout: ANSWER_TIMEOUT });
    return outcome.exitCode === 0 ? outcome.stdout : '';
  };
  const hash = ['config', '--hash', service];
  const all = ['--profile', '*'];
  // Asked directly, v2 leaves out what an `env_file` sets; `up` does not.
  const printed = isOld(compose)
    ? await ask(file, hash)
    : await ask('-', [...all, ...hash], await ask(file, [...all, 'config', '--format', 'json']));
  const line = printed.split('\n').find((text) => text.startsWith(`${service} `));
  const now = line?.slice(service.length).trim();
  return before !== undefined && now !== undefined && before !== now;
}
