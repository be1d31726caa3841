import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { classifyFailure } from '../../../../src/chroma/health/heartbeat-failure.ts';
import type { Probe } from '../../../../src/chroma/health/probe.ts';
import { judgeRunning, type RunningServer } from '../../../../src/chroma/server/running-server.ts';
import type { Snapshot } from '../../../../src/chroma/status/snapshot.ts';
import { TimeoutError } from '../../../../src/system/time-limit.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { running, runtime } from '../runtime-fixture.ts';

describe('a start that finds a server which runs', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  const asked = { address: '127.0.0.1', port: 8000, name: 'localhost', path: '/' };
  const failed = (error: unknown): Probe => ({
    ok: false,
    at: Date.now(),
    failure: classifyFailure(error, asked),
    answeredBefore: true,
  });
  const late = (): Probe => failed(new TimeoutError(5000));
  const refused = (): Probe => failed(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
  const well = (): Probe => ({
    ok: true,
    at: Date.now(),
    latencyMs: 1,
    servedFingerprint256: 'AA',
  });

  /** What the start makes of beats that each take as long as one may. */
  async function judge(...beats: readonly (() => Probe)[]): Promise<[RunningServer, number]> {
    let snapshot: Snapshot = {
      domain: 'localhost',
      certificate: { kind: 'none' },
      observation: running('docker'),
    };
    let count = 0;
    const server = {
      environment: {
        workspace: '/',
        readSettings: () => DEFAULT_SETTINGS,
        runtimes: [runtime('docker', running('docker'))],
        log: () => undefined,
        keyPassphrase: () => Promise.resolve(undefined),
      },
      get snapshot() {
        return snapshot;
      },
      apply: () => undefined,
      probe: () => {
        mock.timers.tick(5000);
        const beat = beats[Math.min(count, beats.length - 1)] ?? late;
        count += 1;
        snapshot = { ...snapshot, probe: beat() };
        return Promise.resolve();
      },
    };
    return [await judgeRunning(server, new AbortController().signal), count];
  }

  it('leaves it to its clients where only its answers are late, for three whole beats', async () => {
    const [found] = await judge(late, late, well);
    assert.equal(found.kind, 'verified');
    const [hanging, beats] = await judge(late);
    assert.deepEqual([hanging.kind, beats], ['silent', 3]);
  });

  it('replaces it soon where nothing of it is there', async () => {
    const [gone, beats] = await judge(refused);
    assert.deepEqual([gone.kind, beats], ['silent', 1]);
    const [ended, few] = await judge(late, refused);
    assert.deepEqual([ended.kind, few], ['silent', 2]);
  });
});
