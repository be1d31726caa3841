import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ServerFacts, TlsTermination } from '../../../../src/chroma/server-facts.ts';
import type { Snapshot } from '../../../../src/chroma/status/snapshot.ts';
import {
  chooseNextStep,
  describeChosenImage,
  needsRestart,
} from '../../../../src/vscode/model/next-step.ts';
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

const IMAGE = 'chromadb/chroma:0.6.3';

/** The message, and the command of its button. */
function said(...[runtime, isRunning]: [Parameters<typeof describeChosenImage>[1], boolean]) {
  const { text, button } = describeChosenImage(IMAGE, runtime, isRunning);
  return [text, button?.command];
}

describe('the message after Select Image', () => {
  it('says that the next start runs it', () => {
    for (const runtime of ['docker', 'local'] as const) {
      const text = `The next start runs ${IMAGE}.`;
      assert.deepEqual(said(runtime, false), [text, 'chromaTls.startServer']);
      assert.deepEqual(said(runtime, true), [text, 'chromaTls.restartServer']);
    }
    assert.deepEqual(said(undefined, false), [`${IMAGE} is set.`, 'chromaTls.startServer']);
  });

  it('says to write the Compose file first where it names the image', () => {
    for (const isRunning of [true, false]) {
      const [text, command] = said('compose', isRunning);
      assert.match(text ?? '', /takes effect with Create Docker Compose File/);
      assert.equal(command, 'chromaTls.createComposeFile');
    }
  });

  it('promises nothing of a server that someone else runs', () => {
    const [text, command] = said('external', true);
    assert.match(text ?? '', /keeps its own image/);
    assert.equal(command, undefined);
  });
});
