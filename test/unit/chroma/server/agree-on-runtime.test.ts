import assert from 'node:assert/strict';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { noteRuntime } from '../../../../src/chroma/runtimes/runtime-choice.ts';
import type {
  ChangeAnswer,
  RuntimeChange,
} from '../../../../src/chroma/runtimes/runtime-change.ts';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import type { RuntimeKind } from '../../../../src/chroma/server-facts.ts';
import { restartChroma } from '../../../../src/workspace/start.ts';
import { Server } from '../../../../src/chroma/server/server.ts';
import { startChroma } from '../../../../src/workspace/start.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { NONE, running, runtime } from '../runtime-fixture.ts';

describe('a start that would leave the present data behind', () => {
  let workspace = '';
  let data = '';
  let asked: RuntimeChange[] = [];
  let done: string[] = [];

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-change-'));
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    data = join(workspaceDataFolder(workspace), 'chroma-data');
    await mkdir(data, { recursive: true });
    await writeFile(join(data, 'chroma.sqlite3'), '');
    await noteRuntime(workspace, 'local');
    [asked, done] = [[], []];
  });

  /** Local has the data; then a Compose file with a Chroma came. */
  function serverSeeing(seen: typeof NONE): Server {
    const made = (kind: RuntimeKind): Runtime => ({
      ...runtime(kind, kind === 'local' ? seen : NONE, done),
      start: () => Promise.resolve(void done.push(`${kind} started`)),
    });
    return new Server({
      workspace,
      readSettings: () => DEFAULT_SETTINGS,
      runtimes: [made('local'), made('docker'), made('compose')],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
  }

  const answering = (answer: ChangeAnswer) => ({
    signal: new AbortController().signal,
    consent: () => Promise.resolve(false),
    note: () => assert.fail('it is asked, not told afterwards'),
    acceptChange: (change: RuntimeChange) => {
      asked.push(change);
      return Promise.resolve(answer);
    },
  });

  it('is asked for, and explained with both ways on where nobody says yes', async () => {
    await assert.rejects(startChroma(serverSeeing(NONE), answering('refuse')), (error: Error) => {
      assert.ok(
        error.message.includes(`Its data stays in ${data}, which compose does not use.`),
        error.message,
      );
      assert.match(
        error.message,
        / to local to keep the data, or to compose to start without it\.$/,
      );
      return true;
    });
    assert.deepEqual(asked, [{ from: 'local', to: 'compose', dataLeft: `in ${data}` }]);
    assert.deepEqual(done, []);
  });

  for (const [answer, expected] of [
    ['change', 'compose started'],
    ['keep', 'local started'],
  ] as const) {
    it(`starts ${expected.replace(' started', '')} on the answer ${answer}`, async () => {
      // Nothing serves here.
      await assert.rejects(startChroma(serverSeeing(NONE), answering(answer)), {
        code: 'no-heartbeat',
      });
      assert.deepEqual(done, [expected]);
    });
  }

  it('leaves the server that runs where a restart would do so and nobody says yes', async () => {
    const server = serverSeeing(running('local'));
    await server.observe();
    await assert.rejects(restartChroma(server, answering('refuse')), { code: 'runtime-change' });
    assert.deepEqual(done, [], 'nothing was stopped');
    await assert.rejects(restartChroma(server, answering('change')));
    assert.equal(asked.length, 2, 'once for each restart');
  });
});
