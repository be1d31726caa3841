import assert from 'node:assert/strict';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import { rewriteKey } from '../../../../src/certificates/rewrite-key.ts';
import { noteRuntime } from '../../../../src/chroma/runtimes/runtime-choice.ts';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import type { RuntimeKind } from '../../../../src/chroma/server-facts.ts';
import { Server } from '../../../../src/chroma/server/server.ts';
import { startChroma } from '../../../../src/workspace/start.ts';
import { holdStartLock, readStartLock } from '../../../../src/chroma/start-lock.ts';
import { ExplainedError, isCancellation } from '../../../../src/system/errors.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../../src/project/settings.ts';
import { until } from '../../../harness/until.ts';
import { workspaceAt } from '../../certificates/workspace-fixture.ts';
import { LockProcesses } from '../../system/files/lock-processes.ts';
import { NONE, runtime } from '../runtime-fixture.ts';

/** A question as a user sees it: it stands until it is answered. */
class Prompt<Answer> {
  asked = 0;
  #answer: ((answer: Answer) => void) | undefined;

  readonly ask = (): Promise<Answer> =>
    new Promise((resolve) => {
      this.asked += 1;
      this.#answer = resolve;
    });

  answer(answer: Answer): void {
    this.#answer?.(answer);
  }
}

describe('a start that waits for a user', () => {
  let processes: LockProcesses;
  let workspace = '';
  let done: string[] = [];
  let abort: AbortController;
  let consent: Prompt<boolean>;
  let change: Prompt<'change' | 'keep' | 'refuse'>;
  let passphrase: Prompt<string | undefined>;

  before(async () => {
    processes = new LockProcesses(await mkdtemp(join(tmpdir(), 'chroma-tls-lock-code-')));
    await processes.prepare();
  });
  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-asking-'));
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    await mkdir(workspaceDataFolder(workspace), { recursive: true });
    done = [];
    abort = new AbortController();
    [consent, change, passphrase] = [new Prompt(), new Prompt(), new Prompt()];
  });
  after(() => {
    processes.endAll();
  });

  /** A runtime that asks before it does anything, as one does that has to install Chroma. */
  function asking(kind: RuntimeKind): Runtime {
    return {
      ...runtime(kind, NONE),
      start: async (_, context) => {
        if (await context.consent('Install it?')) done.push(`${kind} started`);
      },
    };
  }

  function serverWith(setting: Settings['runtime'], ...runtimes: readonly Runtime[]): Server {
    return new Server({
      workspace,
      readSettings: () => ({ ...DEFAULT_SETTINGS, runtime: setting }),
      runtimes,
      log: () => undefined,
      keyPassphrase: passphrase.ask,
    });
  }

  /** Asks whether to change to Compose, for the data is another one's. */
  async function changingServer(): Promise<Server> {
    const data = join(workspaceDataFolder(workspace), 'chroma-data');
    await mkdir(data, { recursive: true });
    await writeFile(join(data, 'chroma.sqlite3'), '');
    await noteRuntime(workspace, 'local');
    const others = (['local', 'docker'] as const).map((kind) => runtime(kind, NONE));
    return serverWith('auto', ...others, asking('compose'));
  }

  const start = (server: Server): Promise<unknown> =>
    startChroma(server, {
      signal: abort.signal,
      consent: consent.ask,
      acceptChange: change.ask,
      note: () => undefined,
    }).catch((error: unknown) => error);

  /** A stop in another window and a start in another terminal: neither hears of anybody to wait for. */
  async function comeFromElsewhere(): Promise<void> {
    assert.deepEqual(await readStartLock(workspace), { kind: 'free' });
    const waiting = (text: string): void => assert.fail(text);
    await holdStartLock(workspace, { doing: 'stopping', waiting }, () => Promise.resolve());
    const other = await processes.hold(join(workspaceDataFolder(workspace), 'start.lock'));
    other.send('done');
    await until('the lock given back', async () => {
      return (await readStartLock(workspace)).kind === 'free';
    });
  }

  it('holds nobody up while it asks whether to install', async () => {
    const started = start(serverWith('local', asking('local')));
    await until('the question', () => consent.asked === 1);
    await comeFromElsewhere();
    consent.answer(true);
    await started;
    assert.deepEqual(done, ['local started']);
    assert.equal(consent.asked, 1, 'the answer holds');
  });

  it('holds nobody up while it asks whether to change the runtime, and then something else', async () => {
    const started = start(await changingServer());
    await until('the question', () => change.asked === 1);
    await comeFromElsewhere();
    change.answer('change');
    await until('the next question', () => consent.asked === 1);
    await comeFromElsewhere();
    consent.answer(true);
    await started;
    assert.deepEqual(done, ['compose started']);
    assert.equal(change.asked, 1, 'the answer holds');
  });

  it('holds nobody up while a keyring asks to be opened', async () => {
    const fixture = workspaceAt(workspace);
    await fixture.generate();
    await rewriteKey({ workspace, folder: fixture.folder, present: undefined, next: 'secret' });
    const started = start(serverWith('local', asking('local')));
    await until('the question', () => passphrase.asked === 1);
    await comeFromElsewhere();
    abort.abort();
    assert.ok(isCancellation(await started));
  });

  it('looks again once it is answered: what it was asked for may not be there any more', async () => {
    let isThere = true;
    const gone = { code: 'gone', what: 'It is gone.' };
    const local: Runtime = {
      ...asking('local'),
      check: () =>
        Promise.resolve(
          isThere ? { available: true, seen: '' } : { available: false, problem: gone },
        ),
    };
    const started = start(serverWith('local', local));
    await until('the question', () => consent.asked === 1);
    isThere = false;
    consent.answer(true);
    const error = await started;
    assert.ok(error instanceof ExplainedError && error.code === 'gone');
    assert.deepEqual(done, []);
  });

  it('ends at once when it is called off, however long the question stands', async () => {
    for (const [prompt, server] of [
      [consent, serverWith('local', asking('local'))],
      [change, await changingServer()],
    ] as const) {
      abort = new AbortController();
      const started = start(server);
      await until('the question', () => prompt.asked === 1);
      abort.abort();
      assert.ok(isCancellation(await started));
      assert.equal(server.snapshot.operation, undefined);
    }
    assert.deepEqual(done, []);
  });
});
