import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ServerFacts, TlsTermination } from '../../../../src/chroma/server-facts.ts';
import type { Snapshot } from '../../../../src/chroma/status/status.ts';
import { chooseNextStep, needsRestart } from '../../../../src/vscode/model/next-step.ts';
import { EXTERNAL_SAMPLES, SAMPLES } from '../samples.ts';

describe('what follows a new certificate', () => {
  function servedBy(tls: TlsTermination, more: Partial<ServerFacts> = {}): Snapshot {
    const { healthy } = SAMPLES;
    assert.ok(healthy.observation.kind === 'running');
    const server = { ...healthy.observation.server, tls, ...more };
    return { ...healthy, observation: { kind: 'running', server } };
  }
  const offered = (snapshot: Snapshot): readonly string[] =>
    chooseNextStep(snapshot).map(({ command }) => command);

  it('is a restart where nothing else has it served', () => {
    for (const tls of ['uvicorn', 'other'] as const) {
      assert.ok(needsRestart(servedBy(tls)));
      assert.deepEqual(offered(servedBy(tls)), ['chromaTls.restartServer']);
    }
  });

  it('is nothing where the TLS proxy takes it while it runs, or someone else serves', () => {
    for (const tls of ['nginx', 'envoy', 'embedded'] as const) {
      assert.ok(!needsRestart(servedBy(tls)));
      assert.deepEqual(offered(servedBy(tls)), []);
    }
    assert.deepEqual(offered(EXTERNAL_SAMPLES.healthy), []);
    assert.deepEqual(offered(servedBy('other', { proxyService: 'edge' })), []);
  });

  it('is a start where no server runs', () => {
    assert.deepEqual(offered(SAMPLES.stopped), ['chromaTls.startServer']);
  });
});
