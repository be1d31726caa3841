import { PullProgress } from '../../../containers/image-pull-progress.ts';
import type { StartStep } from '../runtime.ts';

/** What Compose prints while it brings services up, read line by line into what it is about. */
export class ComposePull {
  readonly #images: Readonly<Record<string, string>>;
  readonly #pulled = new Set<string>();
  readonly #progress = new PullProgress();

  /** @param images those of the services, by their names */
  constructor(images: Readonly<Record<string, string>>) {
    this.#images = images;
  }

  /** @returns the step it is in; undefined where the line says nothing of it */
  read(line: string): StartStep | undefined {
    // Compose of old names the image, one after the other, and tells of no layer.
    const image = /^Pulling \S+ \((.+)\)\.\.\.$/.exec(line.trim())?.[1];
    if (image !== undefined) return { kind: 'pulling', image };
    const [, service = '', stage] = /^(?:Image )?(\S+) (Pulling|Pulled)$/.exec(line.trim()) ?? [];
    const name = this.#images[service] ?? service;
    if (stage === 'Pulling') this.#pulled.add(name);
    if (stage === 'Pulled') this.#pulled.delete(name);
    const progress = this.#progress.read(line);
    if (stage === undefined && progress === undefined) return undefined;
    if (this.#pulled.size === 0) return { kind: 'creating' };
    return {
      kind: 'pulling',
      image: [...this.#pulled].join(' and '),
      ...(progress === undefined ? {} : { progress }),
    };
  }
}
