import { dirname, join } from 'node:path';
import { findGitIndex } from '../../project/git.ts';
import type { Disposable } from '../../system/events.ts';
import { FilesWatch } from '../../system/files/files-watch.ts';

/** How long (ms) git may be at it: a rebase writes its index again and again. */
const SETTLE = 500;

/**
 * Says when the index of the repository that a folder is in changed: what git tracks, that is. The
 * operating system tells it: the editor's own watcher makes nothing of an index that came and went.
 */
export class GitIndexWatcher implements Disposable {
  readonly #changed: () => void;
  #watch: FilesWatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  /**
   * @param folder absolute path
   * @param changed called once for a burst of changes
   */
  constructor(folder: string, changed: () => void, failed: (error: unknown) => void) {
    this.#changed = changed;
    this.#install(folder).catch(failed);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#watch?.dispose();
  }

  async #install(folder: string): Promise<void> {
    // A folder that is not a repository yet may become one.
    const index = (await findGitIndex(folder)) ?? join(folder, '.git', 'index');
    if (this.#disposed) return;
    // From above the folder with the index: a repository may be removed and made again.
    this.#watch = new FilesWatch(dirname(dirname(index)), [index], () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.#changed, SETTLE);
    });
  }
}
