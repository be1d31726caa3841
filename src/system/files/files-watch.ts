import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Disposable } from '../events.ts';
import { watchPath } from './folder-watch.ts';

/** How long (ms) a burst of changes may last: a pair is written as three files. */
const SETTLE = 150;
/** How a named pipe is described, besides its inode. */
const PIPE = 'pipe:';

/**
 * Says when files were changed, created or removed, no matter who did it, and also if their folders
 * do not exist yet. The operating system reports each change. What it does not report (a network
 * drive, no watch left, a link's target) is seen by `look`, which reads no file.
 */
export class FilesWatch implements Disposable {
  readonly #root: string;
  readonly #files: readonly string[];
  readonly #changed: () => void;
  #watches: readonly Disposable[] = [];
  #seen: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  /**
   * @param root a folder above all of them, which should stay
   * @param files absolute paths
   * @param changed called once for a burst of changes, when it is over
   */
  constructor(root: string, files: readonly string[], changed: () => void) {
    this.#root = root;
    this.#files = files;
    this.#changed = changed;
    this.#install();
    void this.look();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    for (const watch of this.#watches) watch.dispose();
  }

  /** Compares the files with how they were at the last look. */
  readonly look = async (): Promise<void> => {
    const now = await this.#describe();
    this.#seen ??= now;
    if (now !== this.#seen) this.#schedule();
  };

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell(), SETTLE);
  }

  async #tell(): Promise<void> {
    if (this.#disposed) return;
    // Watched first and then looked at, so that no change is missed.
    this.#install();
    const now = await this.#describe();
    const isSame = now === this.#seen;
    this.#seen = now;
    // A pipe is written whenever it is read: to report that would never end.
    if (!isSame || !now.includes(PIPE)) this.#changed();
  }

  /** Watches every existing folder on the way. A new one is reported by the folder above it. */
  #install(): void {
    const former = this.#watches;
    this.#watches = [...listSteps(this.#root, this.#files)].map(([folder, names]) =>
      watchPath(folder, (name) => {
        if (name === null || names.has(name.toLowerCase())) this.#schedule();
      }),
    );
    for (const watch of former) watch.dispose();
  }

  /** All that changes with a file's content, place or rights. */
  async #describe(): Promise<string> {
    return (await Promise.all(this.#files.map(describeFile))).join(' ');
  }
}

/** The folders on the way from the root to files, with the names in them that lead there. */
function listSteps(root: string, files: readonly string[]): ReadonlyMap<string, Set<string>> {
  const steps = new Map<string, Set<string>>();
  for (const file of files) {
    const names = relative(root, file).split(sep);
    for (const [depth, name] of names.entries()) {
      const folder = join(root, ...names.slice(0, depth));
      // The system may tell a name in other letters than it was asked for.
      steps.set(folder, (steps.get(folder) ?? new Set()).add(name.toLowerCase()));
    }
  }
  return steps;
}

async function describeFile(path: string): Promise<string> {
  try {
    const facts = await stat(path, { bigint: true });
    const { ino, size, mtimeNs, ctimeNs } = facts;
    if (facts.isFIFO()) return `${PIPE}${ino}`;
    return [ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return '-';
  }
}
