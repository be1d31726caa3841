import assert from 'node:assert/strict';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { ExplainedError } from '../../../../src/system/errors.ts';
import {
  findWhereabouts,
  observeEvery,
  stopEvery,
} from '../../../../src/chroma/runtimes/every-runtime.ts';
import { workspaceDataFolder } from '../../../../src/project/data-folder.ts';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import { until } from '../../../harness/until.ts';
import { NONE, running, runtime } from '../runtime-fixture.ts';

const fails = (code: string): ExplainedError => new ExplainedError({ code, what: `${code}.` });

describe('what the runtimes together see', () => {
  it('is a server that runs, no matter who could not be asked', async () => {
    const seen = await observeEvery(
      [runtime('docker', fails('docker-not-permitted')), runtime('local', running('local'))],
      { setting: 'docker', last: 'docker' },
    );
    assert.deepEqual(seen, running('local'));
  });

  it('is what runs, without waiting for one whose word counts less', async () => {
    let isGivenUp = false;
    const silent: Runtime = {
      ...runtime('docker', NONE),
      observe: (signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            isGivenUp = true;
            reject(new DOMException('', 'AbortError'));
          });
        }),
    };
    const seen = await observeEvery([runtime('external', running('external')), silent], {
      setting: 'external',
      last: undefined,
    });
    assert.deepEqual(seen, running('external'));
    assert.ok(isGivenUp);
  });

  it('is the first that runs in the order in which they count, no matter who answers first', async () => {
    const slow: Runtime = {
      ...runtime('local', NONE),
      observe: () => sleep(20, running('local')),
    };
    const seen = await observeEvery([slow, runtime('docker', running('docker'))], {
      setting: 'auto',
      last: undefined,
    });
    assert.deepEqual(seen, running('local'));
  });

  for (const [setting, last, code, unavailable] of [
    ['docker', undefined, 'docker-not-permitted', { isDecisive: true }],
    ['docker', undefined, 'docker-no-answer', { isDecisive: true }],
    ['docker', undefined, 'docker-not-running', { isDecisive: false }],
    ['docker', undefined, 'docker-not-installed', { isDecisive: false }],
    ['auto', 'docker', 'docker-not-permitted', { isDecisive: false }],
    // An engine that does not let a user in has nothing of theirs, unless it did the last time.
    ['auto', 'local', 'docker-not-permitted', undefined],
    ['auto', undefined, 'docker-not-permitted', undefined],
    ['auto', 'local', 'docker-no-answer', { isDecisive: false }],
    ['auto', 'docker', 'docker-not-running', undefined],
    ['auto', 'docker', 'docker-not-installed', undefined],
    ['local', 'docker', 'docker-not-permitted', undefined],
    ['external', 'docker', 'docker-not-permitted', undefined],
  ] as const) {
    const what =
      unavailable === undefined ? 'nothing' : unavailable.isDecisive ? 'a failure' : 'a doubt';
    it(`is ${what} where ${setting} is set, ${last ?? 'nothing'} ran last, and docker says ${code}`, async () => {
      const runtimes = [runtime('docker', fails(code)), runtime('local', NONE)];
      const seen = await observeEvery(runtimes, { setting, last });
      const problem = { code, what: `${code}.` };
      assert.deepEqual(seen, {
        kind: 'none',
        ...(unavailable === undefined ? {} : { unavailable: { ...unavailable, problem } }),
      });
    });
  }

  it('is a doubt about what a Compose file names where the engine does not let the user in, whatever ran last', async () => {
    const seen = await observeEvery([runtime('compose', fails('docker-not-permitted'))], {
      setting: 'auto',
      last: 'local',
    });
    assert.equal(seen.kind === 'none' && seen.unavailable?.isDecisive, false);
  });
});

describe('what ran the server the last time', () => {
  it('is nothing where that cannot be read, which keeps nobody from looking or stopping', async () => {
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-'));
    // A folder in place of the note.
    await mkdir(join(workspaceDataFolder(workspace), 'runtime'), { recursive: true });
    const found = await findWhereabouts(workspace, 'auto');
    assert.deepEqual(found, { setting: 'auto', last: undefined });
  });
});

describe('a stop of all runtimes', () => {
  const failing = (stopped: string[], code = 'docker-not-permitted'): readonly Runtime[] => [
    runtime('docker', fails(code)),
    runtime('local', NONE, stopped),
  ];

  it('fails where the one that may run the server cannot be asked, and ends the others all the same', async () => {
    for (const [seen, setting, last, code] of [
      [NONE, 'auto', 'docker', 'docker-not-permitted'],
      [NONE, 'auto', 'local', 'docker-no-answer'],
      [NONE, 'docker', undefined, 'docker-not-permitted'],
      [running('docker'), 'local', 'local', 'docker-not-permitted'],
      [running('local'), 'docker', 'local', 'docker-not-permitted'],
    ] as const) {
      const stopped: string[] = [];
      const stopping = stopEvery(failing(stopped, code), { seen, setting, last });
      await assert.rejects(stopping, { code });
      assert.deepEqual(stopped, ['local']);
    }
  });

  it('is none of the business of one whose server it cannot have been', async () => {
    for (const [seen, setting, last] of [
      [running('local'), 'auto', 'docker'],
      [running('local'), 'local', 'docker'],
      [NONE, 'local', 'docker'],
      [NONE, 'external', 'docker'],
      [NONE, 'auto', 'local'],
      [NONE, 'auto', undefined],
    ] as const) {
      const stopped: string[] = [];
      await stopEvery(failing(stopped), { seen, setting, last });
      assert.deepEqual(stopped, ['local']);
    }
  });

  it('ends the others while one takes its time', async () => {
    const stopped: string[] = [];
    const never = { ...runtime('docker', NONE), stop: () => new Promise<void>(() => undefined) };
    const whereabouts = { seen: NONE, setting: 'auto', last: undefined } as const;
    void stopEvery([never, runtime('local', NONE, stopped)], whereabouts);
    await until('the end of the other', () => stopped.length === 1);
  });

  it('is cancelled as a whole', async () => {
    const stopped: string[] = [];
    const cancelled = [
      runtime('docker', new DOMException('', 'AbortError')),
      runtime('local', NONE, stopped),
    ];
    const whereabouts = { seen: running('local'), setting: 'auto', last: 'local' } as const;
    const stopping = stopEvery(cancelled, whereabouts);
    await assert.rejects(stopping, { name: 'AbortError' });
  });
});
