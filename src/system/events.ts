/**
 * Something that can be ended: a subscription, a watcher, a process of ours. VS Code's Disposable
 * has the same shape.
 */
export interface Disposable {
  dispose(): void;
}

/** The smallest event source: one value type, listeners called in order of subscription. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event = (listener: (value: T) => void): Disposable => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
