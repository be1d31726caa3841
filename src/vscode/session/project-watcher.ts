import { Disposable, window, workspace, type WorkspaceFolder } from 'vscode';
import { certificateFiles } from '../../project/certificate-files.ts';
import { FilesWatch } from '../../system/files/files-watch.ts';
import { rememberSettings } from '../../project/settings.ts';
import { locateProject } from '../../project/project-paths.ts';
import { readConfiguration, SECTION } from '../window/configuration.ts';

/**
 * Says when the env file, the certificates or the settings of one folder changed, no matter who did it.
 * The editor's own watcher is not asked: it makes nothing of a file that was replaced and deleted
 * at once.
 */
export class ProjectWatcher implements Disposable {
  readonly #folder: WorkspaceFolder;
  readonly #usableSettings: ReturnType<typeof rememberSettings>;
  readonly #changed: () => void;
  readonly #subscriptions: Disposable;
  #watch: FilesWatch | undefined;
  #disposed = false;

  /** @param changed called once for a burst of changes */
  constructor(folder: WorkspaceFolder, changed: () => void, failed: (error: unknown) => void) {
    this.#folder = folder;
    this.#usableSettings = rememberSettings(() => readConfiguration(folder));
    this.#changed = changed;
    this.#subscriptions = Disposable.from(
      workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(SECTION, folder.uri)) return;
        void this.#install().catch(failed).finally(changed);
      }),
      window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.look();
      }),
    );
    // Told once it watches: what changed before that was seen by nobody.
    void this.#install().catch(failed).finally(changed);
  }

  dispose(): void {
    this.#disposed = true;
    this.#subscriptions.dispose();
    this.#watch?.dispose();
  }

  /** Looks whether something changed that the system did not tell of. */
  look(): void {
    void this.#watch?.look();
  }

  /** Watches where the settings point now. */
  async #install(): Promise<void> {
    const { settings } = this.#usableSettings();
    const root = this.#folder.uri.fsPath;
    const { certificatesFolder, envFile } = await locateProject(root, settings);
    if (this.#disposed) return;
    this.#watch?.dispose();
    const { certificate, key, ca, names } = certificateFiles(certificatesFolder);
    const files = [envFile, certificate, key, ca, names];
    this.#watch = new FilesWatch(root, files, this.#changed);
  }
}
