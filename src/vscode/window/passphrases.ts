import type { Disposable, Event, SecretStorage } from 'vscode';
import { EventEmitter } from 'vscode';
import { workspaceId } from '../../project/data-folder.ts';

const PREFIX = 'chromaTls.keyPassPhrase.';

/** The passphrases of keys, one for each workspace folder, in the editor's secret storage. */
export class Passphrases implements Disposable {
  readonly #secrets: SecretStorage;
  readonly #changed = new EventEmitter<undefined>();
  readonly #subscription: Disposable;
  /** Tells of a change in any window. */
  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(secrets: SecretStorage) {
    this.#secrets = secrets;
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) this.#changed.fire(undefined);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** @param workspace path of the folder */
  readonly read = async (workspace: string): Promise<string | undefined> =>
    this.#secrets.get(PREFIX + workspaceId(workspace));

  async keep(workspace: string, passphrase: string): Promise<void> {
    await this.#secrets.store(PREFIX + workspaceId(workspace), passphrase);
  }

  async forget(workspace: string): Promise<void> {
    await this.#secrets.delete(PREFIX + workspaceId(workspace));
  }
}
