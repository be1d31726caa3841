import type { Disposable } from 'vscode';
import { window, type OutputChannel } from 'vscode';
import type { Server } from '../chroma/server.ts';
import { runningServer } from './facts.ts';

/** How many lines of a server that has ended are shown. */
const LAST_LINES = 500;

/**
 * The output channel "Chroma Server". From the first time it is shown it follows the server, and
 * the next one after a restart, each server once; it lets go of a server that has ended.
 */
export class ServerLog implements Disposable {
  #channel: OutputChannel | undefined;
  #server: Server | undefined;
  #changes: { dispose(): void } | undefined;
  #following: { readonly id: string; readonly stream: { dispose(): void } } | undefined;

  dispose(): void {
    this.#release();
    this.#channel?.dispose();
  }

  /** Shows a server's log; says so where there is none. */
  async show(server: Server): Promise<void> {
    const channel = (this.#channel ??= window.createOutputChannel('Chroma Server', 'log'));
    channel.show(true);
    if (this.#server !== server) {
      this.#release();
      this.#server = server;
      this.#changes = server.onDidChange(() => {
        this.#follow();
      });
    }
    this.#follow();
    if (this.#following) return;
    const lines = await server.readLog(LAST_LINES);
    // It may have started while we read; then its own lines are there already.
    if (this.isFollowing) return;
    channel.replace(lines.length > 0 ? `${lines.join('\n')}\n` : 'No Chroma server has run yet.\n');
  }

  get isFollowing(): boolean {
    return this.#following !== undefined;
  }

  #follow(): void {
    const [server, channel] = [this.#server, this.#channel];
    if (!server || !channel) return;
    const id = runningServer(server.snapshot)?.id;
    if (id === this.#following?.id) return;
    this.#following?.stream.dispose();
    this.#following = undefined;
    if (id === undefined) return;
    channel.clear();
    const stream = server.followLog((line) => {
      channel.appendLine(line);
    });
    this.#following = { id, stream };
  }

  #release(): void {
    this.#changes?.dispose();
    this.#following?.stream.dispose();
    this.#following = undefined;
    this.#server = undefined;
  }
}
