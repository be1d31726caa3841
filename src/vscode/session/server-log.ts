import { stripVTControlCharacters } from 'node:util';
import type { LastRun } from '../../chroma/server/last-run.ts';
import type { Server } from '../../chroma/server/server.ts';
import type { Disposable } from '../../system/events.ts';
import { endpointOf, ownServer, runningServer } from '../model/facts.ts';

/** How many lines of a server that has ended are shown. */
const LAST_LINES = 500;

/** What is needed of VS Code's output channel. */
export interface LogChannel extends Disposable {
  appendLine(line: string): void;
  clear(): void;
  show(preserveFocus: boolean): void;
}

/** What is needed of a server. */
export type LoggedServer = Pick<Server, 'snapshot' | 'onDidChange' | 'followLog'>;

/** Reads what a server said before it ended, up to a number of lines. */
type ReadLastRun<S> = (server: S, count: number) => Promise<LastRun>;

/**
 * What the server says, in an output channel. From the first time it is shown it follows the
 * server, and the next one after a restart, each once; it lets go of a server that has ended.
 */
export class ServerLog<S extends LoggedServer> implements Disposable {
  readonly #createChannel: () => LogChannel;
  readonly #readLastRun: ReadLastRun<S>;
  #channel: LogChannel | undefined;
  #server: S | undefined;
  #changes: Disposable | undefined;
  #followed: { readonly id: string; readonly stream: Disposable } | undefined;
  /** Counts what the channel was given to show, so that a late answer is recognised as such. */
  #turn = 0;

  /** @param createChannel called when a log is first shown */
  constructor(createChannel: () => LogChannel, readLastRun: ReadLastRun<S>) {
    this.#createChannel = createChannel;
    this.#readLastRun = readLastRun;
  }

  dispose(): void {
    this.#release();
    this.#channel?.dispose();
  }

  /** Shows a server's log; says so where there is none. */
  async show(server: S): Promise<void> {
    const channel = (this.#channel ??= this.#createChannel());
    channel.show(true);
    if (this.#server !== server) {
      this.#release();
      this.#server = server;
      this.#changes = server.onDidChange(() => {
        this.#follow(server, channel);
      });
    }
    this.#follow(server, channel);
    if (!this.#followed) await this.#showLast(server, channel);
  }

  #follow(server: S, channel: LogChannel): void {
    const id = runningServer(server.snapshot)?.id;
    if (id === this.#followed?.id) return;
    this.#followed?.stream.dispose();
    this.#followed = undefined;
    if (id === undefined) return;
    this.#turn += 1;
    channel.clear();
    // Chroma 1.x names the plain address it has inside; nobody else can reach that one.
    const address = ownServer(server.snapshot) && endpointOf(server.snapshot);
    if (address !== undefined) channel.appendLine(`Clients reach this server at ${address} only.`);
    const stream = server.followLog((line) => {
      channel.appendLine(stripVTControlCharacters(line));
    });
    this.#followed = { id, stream };
  }

  async #showLast(server: S, channel: LogChannel): Promise<void> {
    const turn = (this.#turn += 1);
    const { heading, lines } = await this.#readLastRun(server, LAST_LINES);
    // Meanwhile another server was started or shown, and its lines are there already.
    if (turn !== this.#turn) return;
    channel.clear();
    if (lines.length === 0) channel.appendLine('No Chroma server has run here yet.');
    if (heading !== undefined) channel.appendLine(heading);
    for (const line of lines) channel.appendLine(stripVTControlCharacters(line));
  }

  #release(): void {
    this.#turn += 1;
    this.#changes?.dispose();
    this.#followed?.stream.dispose();
    this.#followed = undefined;
    this.#server = undefined;
  }
}
