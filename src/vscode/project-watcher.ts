import { relative, sep } from 'node:path';
import type { Disposable } from 'vscode';
import { RelativePattern, workspace, type FileSystemWatcher, type WorkspaceFolder } from 'vscode';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { readConfiguration, SECTION } from './configuration.ts';

/** How long (ms) a burst of changes may last: a pair is written as three files. */
const SETTLE = 150;

/**
 * Says when the env file, the certificates folder or the settings of one folder changed, whoever
 * did it. An atomic rename shows as a creation or a deletion, so all three kinds count.
 */
export class ProjectWatcher implements Disposable {
  readonly #folder: WorkspaceFolder;
  readonly #changed: () => void;
  readonly #settings: Disposable;
  #watchers: readonly FileSystemWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  /** @param changed called once for a burst of changes */
  constructor(folder: WorkspaceFolder, changed: () => void, failed: (error: unknown) => void) {
    this.#folder = folder;
    this.#changed = changed;
    this.#settings = workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(SECTION, folder.uri)) return;
      this.#install().catch(failed);
      this.#schedule();
    });
    this.#install().catch(failed);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#settings.dispose();
    this.#uninstall();
  }

  /** Watches where the settings point now. */
  async #install(): Promise<void> {
    const settings = readConfiguration(this.#folder);
    const root = this.#folder.uri.fsPath;
    const [envFile, certificates] = await Promise.all(
      [settings.envFile, settings.certificatesFolder].map((path) => resolveInWorkspace(root, path)),
    );
    this.#uninstall();
    if (this.#disposed || envFile === undefined || certificates === undefined) return;
    const folder = toGlob(relative(root, certificates));
    // The folder itself too: when it goes away, nothing is said of what was in it.
    this.#watchers = [toGlob(relative(root, envFile)), folder, `${folder}/**`].map((glob) => {
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(this.#folder, glob));
      const schedule = (): void => {
        this.#schedule();
      };
      watcher.onDidCreate(schedule);
      watcher.onDidChange(schedule);
      watcher.onDidDelete(schedule);
      return watcher;
    });
  }

  #uninstall(): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = [];
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#changed, SETTLE);
  }
}

/** A path as a glob that matches just that path. */
function toGlob(path: string): string {
  return path
    .split(sep)
    .join('/')
    .replaceAll(/[[\]{}*?]/g, '[$&]');
}
