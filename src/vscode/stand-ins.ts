import { commands, Disposable, TreeItem, window, workspace } from 'vscode';
import { COMMANDS, VIEW_ID } from './model/command-ids.ts';
import type { Assistants } from './commands/assistants/create-assistants.ts';
import type { Shown } from './work.ts';

/**
 * Stand in for the commands and the view until one is used, or a folder is opened where this
 * product was used before. Then the real ones are registered.
 */
export class StandIns implements Disposable {
  readonly #load: () => Promise<() => Shown>;
  readonly #isUsed: () => boolean;
  readonly #commands: Disposable;
  readonly #view: Disposable;
  #waking: Promise<void> | undefined;
  #work: Shown | undefined;

  /**
   * @param load gives the function that registers the real ones
   * @param isUsed whether this product was used in a folder that is open
   */
  constructor(load: () => Promise<() => Shown>, isUsed: () => boolean) {
    this.#load = load;
    this.#isUsed = isUsed;
    this.#commands = Disposable.from(
      ...Object.keys(COMMANDS).map((id) =>
        commands.registerCommand(id, async (...given: unknown[]) => {
          await this.wake();
          await commands.executeCommand(id, ...given);
        }),
      ),
      workspace.onDidChangeWorkspaceFolders(() => void this.wakeIfUsed()),
    );
    // VS Code asks for lines only when the view is visible.
    this.#view = window.registerTreeDataProvider(VIEW_ID, {
      getChildren: async () => {
        await this.wake();
        return [];
      },
      getTreeItem: (line: string) => new TreeItem(line),
    });
  }

  dispose(): void {
    this.#commands.dispose();
    this.#view.dispose();
  }

  /** What is shown; undefined while only the stand-ins are loaded. */
  get work(): Shown | undefined {
    return this.#work;
  }

  async wakeIfUsed(): Promise<void> {
    if (this.#isUsed()) await this.wake();
  }

  /** Carries out an assistant's tool, which may be the first use. */
  async runTool(...call: Parameters<Assistants['runTool']>): Promise<string> {
    await this.wake();
    if (!this.#work) throw new Error('Chroma TLS is not loaded.');
    return this.#work.assistants.runTool(...call);
  }

  wake(): Promise<void> {
    this.#waking ??= this.#load().then(async (start) => {
      // VS Code 1.105 gives the view back a little later, and takes it from the one that has it by then.
      const given: unknown = this.#view.dispose();
      await given;
      this.#commands.dispose();
      this.#work = start();
    });
    return this.#waking;
  }
}
