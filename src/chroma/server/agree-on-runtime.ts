import { ExplainedError } from '../../system/errors.ts';
import { untilAborted } from '../../system/time-limit.ts';
import { chooseRuntime, readLastRuntime, type Choice } from '../runtimes/runtime-choice.ts';
import { describeDataLocation } from '../runtimes/data-left.ts';
import { explainChange, type AcceptChange } from '../runtimes/runtime-change.ts';
import type { RuntimeKind } from '../server-facts.ts';
import type { Server, ServerEnvironment } from './server.ts';

/**
 * The runtime a start is to use. Where that leaves the present data behind, the user has said so.
 *
 * @throws ExplainedError `runtime-change` where they refused; those of `chooseRuntime`; AbortError
 */
export async function agreeOnRuntime(
  { workspace, readSettings, runtimes }: ServerEnvironment,
  { signal, acceptChange }: { readonly signal: AbortSignal; readonly acceptChange: AcceptChange },
): Promise<Choice> {
  const last = await readLastRuntime(workspace);
  const { runtime: setting, containerCommand } = readSettings();
  const choice = await chooseRuntime(setting, runtimes, last, signal);
  const { changedFrom: from } = choice;
  if (from === undefined) return choice;
  const change = {
    from,
    to: choice.runtime.kind,
    dataLeft: await describeDataLocation(from, workspace, containerCommand),
  };
  const answer = await untilAborted(signal, () => acceptChange(change));
  if (answer === 'keep') return chooseRuntime(from, runtimes, last, signal);
  if (answer === 'refuse') throw new ExplainedError(explainChange(change));
  return choice;
}

/** The runtime that a start would choose now; none where nothing could run Chroma. */
export async function findRuntime({
  environment: { workspace, runtimes },
  settings,
}: Server): Promise<RuntimeKind | undefined> {
  try {
    const last = await readLastRuntime(workspace);
    return (await chooseRuntime(settings.runtime, runtimes, last)).runtime.kind;
  } catch (error) {
    if (error instanceof ExplainedError) return undefined;
    throw error;
  }
}
