import type { Disposable } from '../../events.ts';
import { eventsArgs } from './docker-commands.ts';
import type { Engine } from './docker-engine.ts';

/** How long (ms) an engine that has answered counts as being restarted, and not as away. */
const RESTART_TIME = 60_000;
/** How often (ms) an engine that is being restarted, or is away, is asked for. */
const ASK_SOON = 1000;
const ASK_LATER = 10_000;

/**
 * Calls back when a container with a label may have changed, and when the engine comes or goes:
 * what the engine's events cannot tell.
 *
 * @param engine asked for anew with each connection, because a setting names it
 * @param label what the containers carry, as `name=value`
 */
export function watchContainers(
  engine: () => Engine,
  label: string,
  changed: () => void,
): Disposable {
  const ending = new AbortController();
  let stream: Disposable | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastAnswer = -Infinity;

  const connect = async (): Promise<void> => {
    const asked = Date.now();
    const client = engine();
    if (!(await answers(client, ending.signal))) {
      askAgain();
      return;
    }
    if (ending.signal.aborted) return;
    lastAnswer = Date.now();
    stream = client.follow(eventsArgs(label, asked / 1000), changed, () => {
      lastAnswer = Date.now();
      changed();
      askAgain();
    });
    // Whatever happened while nobody listened; from `asked` on the stream tells it.
    changed();
  };

  const askAgain = (): void => {
    if (ending.signal.aborted) return;
    const delay = Date.now() - lastAnswer < RESTART_TIME ? ASK_SOON : ASK_LATER;
    timer = setTimeout(() => void connect(), delay).unref();
  };

  void connect();
  return {
    dispose: () => {
      ending.abort();
      clearTimeout(timer);
      stream?.dispose();
    },
  };
}

async function answers(engine: Engine, signal: AbortSignal): Promise<boolean> {
  const listed = await engine.run(['ps', '--quiet'], signal).catch(() => undefined);
  return listed?.exitCode === 0;
}
