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
/** How often (ms) an engine that is being restarted, or is away, is asked for. */
const ASK_SOON = 1000;
const ASK_LATER = 10_000;

/** A label and its values, one of which a container has that is watched. */
export interface WatchedLabel {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * Calls back when a container with a label may have changed, and when the engine comes or goes:
 * what the engine's events cannot tell.
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
    if (!(await answers(engine, ending.signal))) {
      askAgain();
      return;
    }
    if (ending.signal.aborted) return;
    lastAnswer = Date.now();
    const tell = (line: string): void => {
      if (isChange(line, label)) changed();
    };
    stream = engine.follow(eventsArgs(label, asked / 1000), tell, () => {
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

/**
 * Whether an event of the engine, as JSON, may change what is seen of these containers. A health
 * check is none, though it makes three events each time. Pure.
 */
export function isChange(line: string, { name, values }: WatchedLabel): boolean {
  const event = readJson(ENGINE_EVENT, line);
  // Some other word of the client; to look once too often does no harm.
  if (!event) return true;
  const value = (event.Actor?.Attributes ?? event.Attributes)?.[name];
  if (value === undefined || !values.includes(value)) return false;
  return !/^(exec|health_status|top)/.test(event.Action ?? event.Status ?? event.status ?? '');
}

async function answers(engine: Engine, signal: AbortSignal): Promise<boolean> {
  const listed = await engine.run(['ps', '--quiet'], signal).catch(() => undefined);
  return listed?.exitCode === 0;
}

/**
 * The events of containers. Where one value is wanted the engine looks for it; an engine knows no
 * "either", and Podman 4.3 knows no label without a value.
 *
 * @param since seconds since the epoch: what happened from then on is told as well
 */
export function eventsArgs({ name, values }: WatchedLabel, since: number): readonly string[] {
  const [value, ...others] = values;
  const isOne = value !== undefined && others.length === 0;
  return [
    'events',
    '--filter',
    'type=container',
    ...(isOne ? ['--filter', `label=${name}=${value}`] : []),
    '--since',
    since.toFixed(3),
    '--format',
    '{{json .}}',
  ];
}
