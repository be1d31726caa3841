import { PullProgress } from '../image-pull-progress.ts';
import type { PullStep } from '../image-pull.ts';

/** Reads line by line what Compose prints while it pulls images and makes containers. */
export class ComposePull {
  readonly #images: Readonly<Record<string, string>>;
  readonly #pulled = new Set<string>();
  readonly #progress = new PullProgress();

  /** @param images those of the services, by their names */
  constructor(images: Readonly<Record<string, string>>) {
    this.#images = images;
  }

  /** @returns the step that Compose is at; undefined where the line does not tell */
  read(line: string): PullStep | { readonly kind: 'creating' } | undefined {
    // The old docker-compose names one image after the other, and no layer.
    const image = /^Pulling \S+ \((.+)\)\.\.\.$/.exec(line.trim())?.[1];
    if (image !== undefined) return { kind: 'pulling', image };
    const [, service = '', stage] = /^(?:Image )?(\S+) (Pulling|Pulled)$/.exec(line.trim()) ?? [];
    const name = this.#images[service] ?? service;
    if (stage === 'Pulling') this.#pulled.add(name);
    if (stage === 'Pulled') this.#pulled.delete(name);
    const progress = this.#progress.read(line);
    if (stage === undefined && progress === undefined) return undefined;
    if (this.#pulled.size === 0) return { kind: 'creating' };
    const [first = ''] = this.#pulled;
    const all = this.#pulled.size === 1 ? first : `${this.#pulled.size} images`;
    return { kind: 'pulling', image: all, ...progress };
  }
}
