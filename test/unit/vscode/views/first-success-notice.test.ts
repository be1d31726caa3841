import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { Snapshot } from '../../../../src/chroma/status/snapshot.ts';
import { Emitter } from '../../../../src/system/events.ts';
import type { Button } from '../../../../src/vscode/model/actions.ts';
import { watchFirstSuccess } from '../../../../src/vscode/views/first-success-notice.ts';
import { SAMPLES } from '../samples.ts';

interface Told {
  readonly message: string;
  readonly isStillTrue: () => boolean;
  readonly buttons: readonly Button[];
}

/** Healthy now: a heartbeat of long ago does not count. */
function healthy(): Snapshot {
  const at = Date.now();
  const { probe } = SAMPLES.healthy;
  assert.ok(probe?.ok);
  return { ...SAMPLES.healthy, probe: { ...probe, at } };
}

describe('the notice of the first success', () => {
  let told: Told[];
  let memory: Parameters<typeof watchFirstSuccess>[2];
  const changed = new Emitter<void>();
  const folders: Parameters<typeof watchFirstSuccess>[0] & {
    active: { folder: { uri: string }; server: { snapshot: Snapshot } } | undefined;
  } = { active: undefined, onDidChange: changed.event };

  const show = (uri: string, snapshot: Snapshot): void => {
    folders.active = { folder: { uri }, server: { snapshot } };
    changed.fire();
  };
  /** As each window does when it is opened. */
  const watch = (): void => {
    changed.dispose();
    watchFirstSuccess(
      folders,
      {
        offer: (message, isStillTrue, ...buttons) => {
          told.push({ message, isStillTrue, buttons });
          return Promise.resolve();
        },
      },
      memory,
    );
  };

  beforeEach(() => {
    told = [];
    const stored = new Map<string, unknown>();
    memory = {
      get: (key: string) => stored.get(key) as never,
      update: (key, value) => {
        stored.set(key, value);
        return Promise.resolve();
      },
    };
    folders.active = undefined;
    watch();
  });

  it('offers the one thing, once for a folder, also after a reload', () => {
    show('file:///one', SAMPLES.stopped);
    show('file:///one', SAMPLES.degraded);
    assert.equal(told.length, 0);
    show('file:///one', healthy());
    show('file:///one', SAMPLES.stopped);
    show('file:///one', healthy());
    watch();
    const [first, ...more] = told;
    assert.deepEqual(more, []);
    assert.equal(first?.message, 'Chroma is healthy: clients reach it at https://localhost:8000.');
    assert.deepEqual(
      first.buttons.map(({ label }) => label),
      ['Copy Client Code'],
    );
    show('file:///two', healthy());
    assert.equal(told.length, 2);
  });

  it('is given up where the server is not healthy any more once its turn comes', () => {
    show('file:///one', healthy());
    assert.equal(told[0]?.isStillTrue(), true);
    const { active } = folders;
    assert.ok(active);
    active.server.snapshot = SAMPLES.stopped;
    assert.equal(told[0].isStillTrue(), false);
    show('file:///two', healthy());
    assert.equal(told[0].isStillTrue(), false);
  });
});
