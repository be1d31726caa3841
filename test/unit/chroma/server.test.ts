import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import type { Availability, Observation, Runtime } from '../../../src/chroma/runtimes/runtime.ts';
import { Server } from '../../../src/chroma/server.ts';
import { DEFAULT_SETTINGS } from '../../../src/project/settings.ts';
import { NONE, running, runtime } from './runtime-fixture.ts';

describe('a server with data', () => {
  it('is not started elsewhere because its engine is down', async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-server-'));
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const missing = (code: string): Availability => ({
      available: false,
      problem: { code, what: `${code}.` },
    });
    let engine: Availability = { available: true, seen: 'docker 28' };
    const compose = {
      ...runtime('compose', NONE),
      check: () => Promise.resolve(missing('compose-no-file')),
    };
    const docker = { ...runtime('docker', NONE), check: () => Promise.resolve(engine) };
    const server = new Server({
      workspace,
      readSettings: () => DEFAULT_SETTINGS,
      runtimes: [runtime('local', NONE), docker, compose],
      log: () => undefined,
      keyPassPhrase: () => Promise.resolve(undefined),
    });
    const start = (): Promise<void> =>
      server.start({
        signal: new AbortController().signal,
        consent: () => Promise.resolve(false),
        note: () => undefined,
      });
    // Nothing serves here, but it was the engine's.
    await assert.rejects(start(), { code: 'no-heartbeat' });
    engine = missing('docker-not-running');
    await assert.rejects(start(), { code: 'docker-not-running' });
  });
});

describe('what is known of a server', () => {
  it('is the answer to the last question, even if that to an earlier one comes later', async () => {
    const answers: ((seen: Observation) => void)[] = [];
    const engine: Runtime = {
      ...runtime('docker', NONE),
      observe: () => new Promise((answer) => answers.push(answer)),
    };
    const server = new Server({
      workspace: '/workspace',
      readSettings: () => DEFAULT_SETTINGS,
      runtimes: [engine],
      log: () => undefined,
      keyPassPhrase: () => Promise.resolve(undefined),
    });
    const [earlier, later] = [server.observe(), server.observe()];
    answers[1]?.(NONE);
    await later;
    answers[0]?.(running('docker'));
    await earlier;
    assert.deepEqual(server.snapshot.observation, NONE);
  });
});
