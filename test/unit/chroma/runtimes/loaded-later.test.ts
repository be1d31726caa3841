import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { ExternalRuntime } from '../../../../src/chroma/runtimes/external.ts';
import { LoadedLater } from '../../../../src/chroma/runtimes/loaded-later.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { until } from '../../../harness/until.ts';

describe('the watch of a runtime that runs nothing for certain', () => {
  function open() {
    const events: string[] = [];
    let mayRun = false;
    let begin = (): void => undefined;
    const runtime = new LoadedLater({
      kind: 'external',
      mayRun: () => Promise.resolve(mayRun),
      comes: (callBack) => {
        begin = callBack;
        return { dispose: () => events.push('waits no longer') };
      },
      load: () => {
        events.push('loaded');
        const loaded = new ExternalRuntime('/workspace', () => DEFAULT_SETTINGS);
        const watch = () => {
          events.push('watches');
          return { dispose: () => events.push('disposed') };
        };
        return Promise.resolve(Object.assign(loaded, { watch }));
      },
    });
    return {
      events,
      runtime,
      permit: () => (mayRun = true),
      come: () => {
        begin();
      },
    };
  }

  it('loads nothing, and begins with the first look that finds that it may run', async () => {
    const { events, runtime, permit } = open();
    const watch = runtime.watch(() => undefined);
    await runtime.observe();
    await nextTurn();
    assert.equal(events.length, 0);
    permit();
    await runtime.observe();
    await until('the watch', () => events.includes('watches'));
    await runtime.observe();
    watch.dispose();
    assert.deepEqual(events, ['waits no longer', 'loaded', 'watches', 'disposed']);
  });

  it('begins by itself once it is used, and says so', async () => {
    const { events, runtime, permit, come } = open();
    runtime.watch(() => events.push('changed'));
    come();
    await nextTurn();
    assert.equal(events.length, 0);
    permit();
    come();
    await until('both', () => events.includes('watches') && events.includes('changed'));
  });

  it('never begins once it was given up', async () => {
    const { events, runtime, permit } = open();
    runtime.watch(() => undefined).dispose();
    permit();
    await runtime.observe();
    await nextTurn();
    assert.deepEqual(events, ['waits no longer', 'loaded']);
  });
});
