import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { ExplainedError } from '../../../../src/system/errors.ts';
import { observeEvery, stopEvery } from '../../../../src/chroma/runtimes/every-runtime.ts';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import { until } from '../../../harness/until.ts';
import { NONE, running, runtime } from '../runtime-fixture.ts';

const fails = (code: string): ExplainedError => new ExplainedError({ code, what: `${code}.` });

describe('what the runtimes together see', () => {
  it('is a server that runs, whoever could not be asked', async () => {
    const seen = await observeEvery(
      [runtime('docker', fails('docker-not-permitted')), runtime('local', running('local'))],
      'docker',
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
    const seen = await observeEvery([runtime('external', running('external')), silent], 'external');
    assert.deepEqual(seen, running('external'));
    assert.ok(isGivenUp);
  });

  it('is the first that runs in the order in which they count, whoever answers first', async () => {
    const slow: Runtime = {
      ...runtime('local', NONE),
      observe: () => sleep(20, running('local')),
    };
    const seen = await observeEvery([slow, runtime('docker', running('docker'))], 'auto');
    assert.deepEqual(seen, running('local'));
  });

  for (const [setting, code, unavailable] of [
    ['docker', 'docker-not-permitted', { isDecisive: true }],
    ['docker', 'docker-no-answer', { isDecisive: true }],
    ['docker', 'docker-not-running', { isDecisive: false }],
    ['docker', 'docker-not-installed', { isDecisive: false }],
    ['auto', 'docker-not-permitted', { isDecisive: false }],
    ['auto', 'docker-no-answer', { isDecisive: false }],
    ['auto', 'docker-not-running', undefined],
    ['auto', 'docker-not-installed', undefined],
    ['local', 'docker-not-permitted', undefined],
    ['external', 'docker-not-permitted', undefined],
  ] as const) {
    const what =
      unavailable === undefined ? 'nothing' : unavailable.isDecisive ? 'a failure' : 'a doubt';
    it(`is ${what} where ${setting} is set and docker says ${code}`, async () => {
      const runtimes = [runtime('docker', fails(code)), runtime('local', NONE)];
      const seen = await observeEvery(runtimes, setting);
      const problem = { code, what: `${code}.` };
      assert.deepEqual(seen, {
        kind: 'none',
        ...(unavailable === undefined ? {} : { unavailable: { ...unavailable, problem } }),
      });
    });
  }
});

describe('a stop of all runtimes', () => {
  const failing = (stopped: string[], code = 'docker-not-permitted'): readonly Runtime[] => [
    runtime('docker', fails(code)),
    runtime('local', NONE, stopped),
  ];

  it('fails where the one that may run the server cannot be asked, and ends the others all the same', async () => {
    for (const [seen, setting] of [
      [NONE, 'auto'],
      [NONE, 'docker'],
      [running('docker'), 'local'],
      [running('local'), 'docker'],
    ] as const) {
      const stopped: string[] = [];
      await assert.rejects(stopEvery(failing(stopped), { seen, setting }), {
        code: 'docker-not-permitted',
      });
      assert.deepEqual(stopped, ['local']);
    }
  });

  it('is none of the business of one whose server it cannot have been', async () => {
    for (const [seen, setting] of [
      [running('local'), 'auto'],
      [running('local'), 'local'],
      [NONE, 'local'],
      [NONE, 'external'],
    ] as const) {
      const stopped: string[] = [];
      await stopEvery(failing(stopped), { seen, setting });
      assert.deepEqual(stopped, ['local']);
    }
  });

  it('ends the others while one takes its time', async () => {
    const stopped: string[] = [];
    const never = { ...runtime('docker', NONE), stop: () => new Promise<void>(() => undefined) };
    void stopEvery([never, runtime('local', NONE, stopped)], { seen: NONE, setting: 'auto' });
    await until('the end of the other', () => stopped.length === 1);
  });

  it('is cancelled as a whole', async () => {
    const stopped: string[] = [];
    const cancelled = [
      runtime('docker', new DOMException('', 'AbortError')),
      runtime('local', NONE, stopped),
    ];
    const stopping = stopEvery(cancelled, { seen: running('local'), setting: 'auto' });
    await assert.rejects(stopping, { name: 'AbortError' });
  });
});
