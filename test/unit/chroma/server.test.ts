import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Observation, Runtime } from '../../../src/chroma/runtimes/runtime.ts';
import { Server } from '../../../src/chroma/server.ts';
import { DEFAULT_SETTINGS } from '../../../src/project/settings.ts';
import { NONE, running, runtime } from './runtime-fixture.ts';

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
