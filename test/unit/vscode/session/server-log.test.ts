import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Snapshot } from '../../../../src/chroma/status/snapshot.ts';
import { Emitter } from '../../../../src/system/events.ts';
import {
  ServerLog,
  type LogChannel,
  type LoggedServer,
} from '../../../../src/vscode/session/server-log.ts';
import { SAMPLES, SERVER } from '../samples.ts';

const HEADING = 'Clients reach this server at https://localhost:8000 only.';

describe("the server's log", () => {
  it('follows a server once, however often it is shown', async () => {
    const { log, server, channel } = setUp(SAMPLES.healthy);
    await log.show(server);
    await log.show(server);
    server.say('hello');
    assert.deepEqual(channel.lines, [HEADING, 'hello']);
  });

  it('shows text without its colours', async () => {
    const { log, server, channel } = setUp(SAMPLES.healthy);
    await log.show(server);
    server.say('\u001B[38;5;203mred\u001B[0m');
    assert.equal(channel.lines.at(-1), 'red');
  });

  it('goes over to the next server, and lets go of one that ended', async () => {
    const { log, server, channel } = setUp(SAMPLES.healthy);
    await log.show(server);
    server.become(SAMPLES.stopped);
    assert.equal(server.followers, 0);
    server.become({
      ...SAMPLES.healthy,
      observation: { kind: 'running', server: { ...SERVER, id: 'two' } },
    });
    server.say('again');
    assert.deepEqual(channel.lines, [HEADING, 'again']);
    log.dispose();
    assert.equal(server.followers, 0);
  });

  it('shows the last words of a server that has ended, or that there are none', async () => {
    const { log, server, channel } = setUp(SAMPLES.failed);
    await log.show(server);
    assert.deepEqual(channel.lines, ['No Chroma server has run here yet.']);
    server.last = ['last words'];
    await log.show(server);
    assert.deepEqual(channel.lines, ['Last run: one', 'last words']);
  });
});

class FakeChannel implements LogChannel {
  lines: string[] = [];
  appendLine(line: string): void {
    this.lines.push(line);
  }
  clear(): void {
    this.lines = [];
  }
  show(): void {
    // Nothing to see here.
  }
  dispose(): void {
    this.lines = [];
  }
}

class FakeServer implements LoggedServer {
  snapshot: Snapshot;
  last: readonly string[] = [];
  readonly #changes = new Emitter<Snapshot>();
  readonly #followers = new Set<(line: string) => void>();
  readonly onDidChange = this.#changes.event;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  get followers(): number {
    return this.#followers.size;
  }

  followLog(onLine: (line: string) => void): { dispose(): void } {
    this.#followers.add(onLine);
    return { dispose: () => this.#followers.delete(onLine) };
  }

  become(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.#changes.fire(snapshot);
  }

  say(line: string): void {
    for (const follower of this.#followers) follower(line);
  }
}

function setUp(snapshot: Snapshot): {
  log: ServerLog<FakeServer>;
  server: FakeServer;
  channel: FakeChannel;
} {
  const channel = new FakeChannel();
  return {
    log: new ServerLog(
      () => channel,
      ({ last: lines }: FakeServer) =>
        Promise.resolve({ lines, ...(lines.length > 0 ? { heading: 'Last run: one' } : {}) }),
    ),
    server: new FakeServer(snapshot),
    channel,
  };
}
