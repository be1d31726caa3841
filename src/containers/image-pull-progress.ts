type Stage = 'waiting' | 'downloaded' | 'unpacked';

interface Layer {
  readonly stage: Stage;
  /** As the client writes them, such as `1.05MB` of `30.4MB`; most write none without a terminal. */
  readonly amount?: { readonly done: string; readonly total: string };
}

/** What a client prints while it pulls, read line by line into how far it is. */
export class PullProgress {
  readonly #layers = new Map<string, Layer>();

  /** @returns how far the pull is, in a user's words; undefined where the line says nothing of it */
  read(line: string): string | undefined {
    const found = readDockerLine(line) ?? readPodmanLine(line);
    if (!found) return undefined;
    this.#layers.set(found.id, found.layer);
    return this.#describe();
  }

  #describe(): string {
    const layers = [...this.#layers.values()];
    const unpacked = layers.filter(({ stage }) => stage === 'unpacked').length;
    const downloaded = layers.filter(({ stage }) => stage !== 'waiting').length;
    const amounts = layers.flatMap(({ stage, amount }) =>
      stage === 'waiting' && amount ? [`${amount.done} of ${amount.total}`] : [],
    );
    const parts = [
      `${downloaded} of ${layers.length} layers downloaded`,
      ...(unpacked > 0 ? [`${unpacked} unpacked`] : []),
    ];
    return amounts.length === 0 ? parts.join(', ') : `${parts.join(', ')} (${amounts.join(', ')})`;
  }
}

/**
 * Docker: `62066bb5bced: Download complete`; with a terminal also `…: Downloading [=> ] 1MB/30MB`.
 * Compose writes the same without the colon, and the amounts always.
 */
function readDockerLine(line: string): { id: string; layer: Layer } | undefined {
  const [, id = '', said = ''] = /^([0-9a-f]{12}):? (.+)$/.exec(line.trim()) ?? [];
  if (id === '') return undefined;
  if (/^(Pull complete|Already exists)/.test(said)) return { id, layer: { stage: 'unpacked' } };
  if (/^(Download complete|Extracting)/.test(said)) return { id, layer: { stage: 'downloaded' } };
  const amount = /([\d.]+ ?[kMG]?B)\/([\d.]+ ?[kMG]?B)/.exec(said);
  return {
    id,
    layer: {
      stage: 'waiting',
      ...(amount ? { amount: { done: amount[1] ?? '', total: amount[2] ?? '' } } : {}),
    },
  };
}

/** Podman: `Copying blob sha256:62066bb5bced…`, and from newer ones again with `done` at its end. */
function readPodmanLine(line: string): { id: string; layer: Layer } | undefined {
  const [, id = '', said = ''] =
    /^Copying blob (?:sha256:)?([0-9a-f]{12})[0-9a-f]*(.*)$/.exec(line.trim()) ?? [];
  if (id === '') return undefined;
  return { id, layer: { stage: /done|skipped|exists/.test(said) ? 'unpacked' : 'waiting' } };
}
