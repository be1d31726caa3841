type Stage = 'waiting' | 'downloaded' | 'unpacked';

interface Layer {
  readonly stage: Stage;
  /** Bytes, as the client says them; most clients say none without a terminal. */
  readonly amount?: { readonly done: number; readonly total: number };
}

/** How far a pull is. */
export interface PullAmount {
  /** In a user's words, such as `2 of 5` layers or `45%`. */
  readonly progress: string;
  /** From 0 to 1, where the client says the bytes of every layer. */
  readonly fraction?: number;
}

/** What a client prints while it pulls, read line by line into how far it is. */
export class PullProgress {
  readonly #layers = new Map<string, Layer>();

  /** @returns how far the pull is; undefined where the line says nothing of it */
  read(line: string): PullAmount | undefined {
    const found = readDockerLine(line) ?? readPodmanLine(line);
    if (!found) return undefined;
    // Later stages no longer say how large the layer is.
    const known = this.#layers.get(found.id)?.amount;
    this.#layers.set(found.id, { ...(known && { amount: known }), ...found.layer });
    return this.#sum();
  }

  #sum(): PullAmount {
    const layers = [...this.#layers.values()];
    const fraction = sumBytes(layers);
    if (fraction !== undefined) return { progress: `${Math.floor(fraction * 100)}%`, fraction };
    const downloaded = layers.filter(({ stage }) => stage !== 'waiting').length;
    return { progress: `${downloaded} of ${layers.length}` };
  }
}

/** The part of all bytes that is here; undefined while any layer's size is unknown. */
function sumBytes(layers: readonly Layer[]): number | undefined {
  let done = 0;
  let total = 0;
  for (const { stage, amount } of layers) {
    if (!amount) return undefined;
    total += amount.total;
    done += stage === 'waiting' ? Math.min(amount.done, amount.total) : amount.total;
  }
  return total > 0 ? done / total : undefined;
}

/**
 * Docker: `62066bb5bced: Download complete`; with a terminal also `…: Downloading [=> ] 1MB/30MB`.
 * Compose writes the same without the colon, and the amounts always.
 */
function readDockerLine(line: string): { id: string; layer: Layer } | undefined {
  const [, id = '', said = ''] = /^([0-9a-f]{12}):? (.+)$/.exec(line.trim()) ?? [];
  if (id === '') return undefined;
  // It was here before, so it has no bytes to come.
  if (said.startsWith('Already exists')) {
    return { id, layer: { stage: 'unpacked', amount: { done: 0, total: 0 } } };
  }
  if (said.startsWith('Pull complete')) return { id, layer: { stage: 'unpacked' } };
  if (/^(Download complete|Extracting)/.test(said)) return { id, layer: { stage: 'downloaded' } };
  const [, done = '', total = ''] = /([\d.]+ ?[kMG]?B)\/([\d.]+ ?[kMG]?B)/.exec(said) ?? [];
  return {
    id,
    layer: {
      stage: 'waiting',
      ...(total === '' ? {} : { amount: { done: readBytes(done), total: readBytes(total) } }),
    },
  };
}

/** Bytes of a text such as `1.05MB`; Docker counts in thousands. */
function readBytes(text: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+) ?([kMG]?)B$/.exec(text) ?? [];
  return Number(number) * ({ k: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1);
}

/** Podman: `Copying blob sha256:62066bb5bced…`, and from newer ones again with `done` at its end. */
function readPodmanLine(line: string): { id: string; layer: Layer } | undefined {
  const [, id = '', said = ''] =
    /^Copying blob (?:sha256:)?([0-9a-f]{12})[0-9a-f]*(.*)$/.exec(line.trim()) ?? [];
  if (id === '') return undefined;
  return { id, layer: { stage: /done|skipped|exists/.test(said) ? 'unpacked' : 'waiting' } };
}
