import {
  commands,
  Disposable,
  EventEmitter,
  window,
  workspace,
  type Memento,
  type TextEditor,
  type WorkspaceFolder,
} from 'vscode';
import { createServer } from '../../chroma/server/create-server.ts';
import type { Server } from '../../chroma/server/server.ts';
import { toProblem } from '../../system/errors.ts';
import { removeLeftovers } from '../../project/leftovers.ts';
import { openWorkspace, type WorkspaceContext } from '../../workspace/context.ts';
import { readConfiguration } from '../window/configuration.ts';
import type { Passphrases } from '../window/passphrases.ts';
import { GitIndexWatcher } from './git-index-watcher.ts';
import { showMessage } from '../window/plain-window.ts';
import { ProjectWatcher } from './project-watcher.ts';
import { Renewals } from './renewals.ts';
import { pickFolder } from './pick-folder.ts';
import { readChosenInterpreter } from '../window/python-extension.ts';
import type { UiState } from '../model/ui-state.ts';

/** One folder and its server. */
export interface ActiveFolder {
  readonly folder: WorkspaceFolder;
  readonly server: Server;
  /** Resolves its paths, settings and domain as they are now. */
  readonly open: () => Promise<WorkspaceContext>;
}

interface Opened extends ActiveFolder {
  readonly watcher: ProjectWatcher;
  readonly parts: Disposable;
}

export interface SessionOptions {
  readonly memory: Memento;
  /** Where our bundles lie. */
  readonly distFolder: string;
  readonly passphrases: Passphrases;
  readonly log: (line: string) => void;
  readonly failed: (error: unknown) => void;
}

/** Where the workspace's memory keeps the folder a user picked. */
const PICKED = 'chromaTls.folder';

/**
 * Which folder the views speak of, and its server.
 *
 * One folder at a time: the only one, the one that was picked (kept for the workspace), or that of
 * the file which was last edited, as the built-in Git extension has it. Each
 * folder that has been active keeps its own server, so picking another does not end what runs;
 * a folder's server is let go when the folder leaves the workspace or the window closes. Without
 * trust there is no server object at all, and so nothing that could run.
 */
export class Session implements Disposable {
  readonly #options: SessionOptions;
  readonly #opened = new Map<string, Opened>();
  readonly #changed = new EventEmitter<UiState>();
  readonly #subscriptions: Disposable;
  #active: Opened | undefined;
  /** The folder of the last active editor that shows a file of one. */
  #edited: WorkspaceFolder | undefined;
  readonly onDidChange = this.#changed.event;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#subscriptions = Disposable.from(
      workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const folder of removed) this.#close(folder);
        this.#choose();
      }),
      workspace.onDidGrantWorkspaceTrust(() => {
        this.#choose();
      }),
      window.onDidChangeActiveTextEditor((editor) => {
        this.#follow(editor);
      }),
    );
    this.#follow(window.activeTextEditor);
    this.#choose();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const opened of this.#opened.values()) opened.parts.dispose();
    this.#opened.clear();
    this.#changed.dispose();
  }

  /** The folder the views speak of, if there is one that may run something. */
  get active(): ActiveFolder | undefined {
    return this.#active;
  }

  get state(): UiState {
    const folders = localFolders();
    if (folders.length === 0) {
      return { kind: (workspace.workspaceFolders ?? []).length > 0 ? 'virtual' : 'no-folder' };
    }
    if (!workspace.isTrusted) return { kind: 'untrusted' };
    const active = this.#active;
    if (!active) return { kind: 'unchosen' };
    return {
      kind: 'folder',
      snapshot: active.server.snapshot,
      ...(folders.length > 1 ? { name: active.folder.name } : {}),
    };
  }

  /** The active folder, asking for what is missing; undefined when the user does not give it. */
  async require(): Promise<ActiveFolder | undefined> {
    const { state } = this;
    switch (state.kind) {
      case 'no-folder':
        await offer(
          'Chroma TLS keeps the certificate and the domain in a folder. Open one first.',
          'Open Folder',
          'vscode.openFolder',
        );
        return undefined;
      case 'virtual':
        await offer(
          'This folder is not on a disk, where Chroma TLS keeps its certificate. Open one that is.',
          'Open Folder',
          'vscode.openFolder',
        );
        return undefined;
      case 'untrusted':
        await offer(
          'Chroma TLS runs nothing in a workspace you do not trust.',
          'Manage Workspace Trust',
          'workbench.trust.manage',
        );
        return undefined;
      case 'unchosen':
        await this.selectFolder();
        return this.active;
      case 'folder':
        return this.active;
    }
  }

  /** Looks whether files changed that nobody told of: a user is about to read what is shown. */
  look(): void {
    for (const { watcher } of this.#opened.values()) watcher.look();
  }

  /** Lets the user pick the folder the views speak of from now on. */
  async selectFolder(): Promise<void> {
    const { memory } = this.#options;
    const present = memory.get<string>(PICKED);
    const picked = await pickFolder(localFolders(), present);
    if (!picked) return;
    await memory.update(PICKED, picked.folder?.uri.toString());
    this.#choose();
  }

  /** Makes the only folder the active one, or the picked one; without trust, none. */
  #choose(): void {
    const folders = workspace.isTrusted ? localFolders() : [];
    const picked = this.#options.memory.get<string>(PICKED);
    const find = (key: string | undefined): WorkspaceFolder | undefined =>
      folders.find(({ uri }) => uri.toString() === key);
    const folder =
      folders.length === 1 ? folders[0] : (find(picked) ?? find(this.#edited?.uri.toString()));
    this.#active = folder && this.#open(folder);
    this.#fire();
  }

  /** The settings, the output or an untitled file are of no folder, and change nothing. */
  #follow(editor: TextEditor | undefined): void {
    const folder = editor && workspace.getWorkspaceFolder(editor.document.uri);
    if (!folder || folder.uri.toString() === this.#edited?.uri.toString()) return;
    this.#edited = folder;
    this.#choose();
  }

  #open(folder: WorkspaceFolder): Opened {
    const key = folder.uri.toString();
    const known = this.#opened.get(key);
    if (known) return known;
    const { distFolder, passphrases, log, failed } = this.#options;
    const server = createServer({
      workspace: folder.uri.fsPath,
      distFolder,
      readSettings: () => readConfiguration(folder),
      keyPassphrase: passphrases.read,
      log,
      chosenInterpreter: () =>
        readChosenInterpreter(folder.uri).catch((error: unknown) => {
          log(`The Python extension could not name its interpreter: ${toProblem(error).why ?? ''}`);
          return undefined;
        }),
    });
    const refresh = (): void => {
      server.refreshProject().catch(failed);
      server.observe().catch(failed);
    };
    const watcher = new ProjectWatcher(folder, refresh, failed);
    const open = (): Promise<WorkspaceContext> =>
      openWorkspace({
        workspace: folder.uri.fsPath,
        settings: readConfiguration(folder),
        passphrases,
        server,
      });
    let lastProbe = server.snapshot.probe;
    const parts = Disposable.from(
      server.onDidChange(({ probe }) => {
        this.#fire();
        // With each heartbeat, for what the system does not tell of.
        if (probe && probe !== lastProbe) watcher.look();
        lastProbe = probe;
      }),
      passphrases.onDidChange(refresh),
      watcher,
      new GitIndexWatcher(
        folder.uri.fsPath,
        () => {
          server.refreshProject().catch(failed);
        },
        failed,
      ),
      server,
      new Renewals({ server, open, log }),
    );
    const opened = { folder, server, open, watcher, parts };
    this.#opened.set(key, opened);
    server.watch();
    refresh();
    void clearLeftovers(folder);
    return opened;
  }

  #close(folder: WorkspaceFolder): void {
    const key = folder.uri.toString();
    this.#opened.get(key)?.parts.dispose();
    this.#opened.delete(key);
  }

  #fire(): void {
    this.#changed.fire(this.state);
  }
}

/** A setting that cannot be read is said elsewhere. */
async function clearLeftovers(folder: WorkspaceFolder): Promise<void> {
  try {
    await removeLeftovers(folder.uri.fsPath, readConfiguration(folder));
  } catch {
    // Nothing is lost: the next window or run tries again.
  }
}

/** Folders on this machine; a certificate or a container cannot be made for any other. */
function localFolders(): readonly WorkspaceFolder[] {
  return (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

async function offer(message: string, button: string, command: string): Promise<void> {
  const picked = await showMessage({ severity: 'information', message, labels: [button] });
  if (picked === button) await commands.executeCommand(command);
}
