import { exactOptional, object, record, string } from 'valibot';
import type { Disposable } from '../system/events.ts';
import { readJson } from '../system/json.ts';
import type { Engine } from './engine.ts';

const ATTRIBUTES = exactOptional(record(string(), string()));
const WORD = exactOptional(string());

/** What is read of an event: in Docker's words or in Podman's. */
const ENGINE_EVENT = object({
  Action: WORD,
  Status: WORD,
  status: WORD,
  Actor: exactOptional(object({ Attributes: ATTRIBUTES })),
  Attributes: ATTRIBUTES,
});

/** How long (ms) an engine that has answered counts as being restarted, and not as away. */
const RESTART_TIME = 60_000;
/** How often (ms) an engine that is being restarted, or is away, is asked again. */
const ASK_SOON = 1000;
const ASK_LATER = 10_000;

/** A label; the containers that are watched have one of its values. */
export interface WatchedLabel {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * Calls back when a container with a label may have changed. The engine's own events do not tell that
 * the engine comes or goes, so that is noticed here too.
 *
 * @param label what the containers carry, with any of these values
 */
export function watchContainers(
  engine: Engine,
  label: WatchedLabel,
  changed: () => void,
): Disposable {
  const ending = new AbortController();
  let stream: Disposable | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastAnswer = -Infinity;

  const connect = async (): Promise<void> => {
    const asked = Date.now();
    const answer = await engine.run(['ps', '--quiet'], ending.signal).catch(() => undefined);
    if (ending.signal.aborted) return;
    if (answer?.exitCode !== 0) {
      askAgain();
      return;
    }
    lastAnswer = Date.now();
    const tell = (line: string): void => {
      if (isChange(line, label)) changed();
    };
    stream = engine.follow(eventsArgs(label, asked / 1000), tell, () => {
      lastAnswer = Date.now();
      changed();
      askAgain();
    });
    // For what happened before `asked`, while nobody listened.
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

/**
 * Whether an event of the engine, as JSON, may change what is seen of these containers. A health
 * check does not, though it makes three events each time. Pure.
 */
export function isChange(line: string, { name, values }: WatchedLabel): boolean {
  const event = readJson(ENGINE_EVENT, line);
  // Some other word of the client; to look once too often does no harm.
  if (!event) return true;
  const value = (event.Actor?.Attributes ?? event.Attributes)?.[name];
  if (value === undefined || !values.includes(value)) return false;
  return !/^(exec|health_status|top)/.test(event.Action ?? event.Status ?? event.status ?? '');
}

/**
 * `events` for containers. One value is filtered by the engine. Several are not: an engine has no
 * "either", and Podman 4.3 cannot filter by a label without its value.
 *
 * @param since seconds since the epoch: what happened from then on is told as well
 */
export function eventsArgs({ name, values }: WatchedLabel, since: number): readonly string[] {
  const filter = values.length === 1 ? ['--filter', `label=${name}=${values.join('')}`] : [];
  return [
    ...['events', '--filter', 'type=container', ...filter],
    ...['--since', since.toFixed(3), '--format', '{{json .}}'],
  ];
}
