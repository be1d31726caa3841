import { dirname } from 'node:path';
import type { Disposable } from 'vscode';
import {
  RelativePattern,
  Uri,
  workspace,
  type FileSystemWatcher,
  type WorkspaceFolder,
} from 'vscode';
import { findGitIndex } from '../../project/git.ts';

/** How long (ms) git may be at it: a rebase writes its index again and again. */
const SETTLE = 500;

/** Says when the index of the repository that a folder is in changed: what git tracks, that is. */
export class GitIndexWatcher implements Disposable {
  readonly #changed: () => void;
  #watcher: FileSystemWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  /** @param changed called once for a burst of changes */
  constructor(folder: WorkspaceFolder, changed: () => void, failed: (error: unknown) => void) {
    this.#changed = changed;
    this.#install(folder.uri).catch(failed);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#watcher?.dispose();
  }

  async #install(folder: Uri): Promise<void> {
    const index = await findGitIndex(folder.fsPath);
    if (this.#disposed) return;
    // A folder that is no repository yet may become one.
    const place = index === undefined ? Uri.joinPath(folder, '.git') : Uri.file(dirname(index));
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(place, 'index'));
    const schedule = (): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.#changed, SETTLE);
    };
    watcher.onDidCreate(schedule);
    watcher.onDidChange(schedule);
    watcher.onDidDelete(schedule);
    this.#watcher = watcher;
  }
}
