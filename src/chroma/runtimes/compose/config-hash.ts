import { run } from '../../../system/processes/program.ts';
import { COMPOSE_LABELS, nameService } from './containers.ts';
import { ANSWER_TIMEOUT, composeCommand, isOld, type ComposeTarget } from './program.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';

/** How Compose is asked; as `up` is, for what the environment hands on is part of a service. */
interface Asking {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Whether the Compose file says another thing of a service than when its container was made, so that
 * `up` would make that again. False where it cannot be told.
 */
export async function hasChanged(
  target: ComposeTarget,
  container: InspectedContainer,
  asking: Asking,
): Promise<boolean> {
  const before = container.Labels?.[COMPOSE_LABELS.hash];
  const now = await readConfigHash(target, nameService(container), asking);
  return before !== undefined && now !== undefined && before !== now;
}

/** What Compose would write on a container that it makes of a service now. */
async function readConfigHash(
  target: ComposeTarget,
  service: string,
  { env, ...options }: Asking,
): Promise<string | undefined> {
  const ask = async (
    asked: Pick<ComposeTarget, 'compose' | 'file'>,
    args: readonly string[],
    input?: string,
  ): Promise<string> => {
    const command = { ...composeCommand(asked, args), env };
    const outcome = await run(command, { ...options, input, timeout: ANSWER_TIMEOUT });
    return outcome.exitCode === 0 ? outcome.stdout : '';
  };
  const hash = ['config', '--hash', service];
  if (isOld(target.compose)) return readHash(await ask(target, hash), service);
  // Asked straight away, v2 leaves out what an `env_file` sets, which `up` does not.
  const all = ['--profile', '*'];
  const resolved = await ask(target, [...all, 'config', '--format', 'json']);
  const piped = { compose: target.compose, file: '-' };
  return readHash(await ask(piped, [...all, ...hash], resolved), service);
}

function readHash(printed: string, service: string): string | undefined {
  const line = printed.split('\n').find((text) => text.startsWith(`${service} `));
  return line?.slice(service.length).trim();
}
