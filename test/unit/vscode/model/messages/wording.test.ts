import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { StartStep } from '../../../../../src/chroma/runtimes/runtime.ts';
import {
  asProgress,
  describeLatency,
  describeStep,
  shorten,
  stepFraction,
} from '../../../../../src/vscode/model/messages/wording.ts';

const LONG_IMAGE = `registry.example.com:5000/${'team/'.repeat(10)}chroma@sha256:${'a1'.repeat(32)}`;

/** Every step, with the longest words that come up. */
const LONGEST: Readonly<Record<StartStep['kind'], StartStep>> = {
  waiting: { kind: 'waiting' },
  choosing: { kind: 'choosing' },
  certificate: { kind: 'certificate' },
  pulling: { kind: 'pulling', image: LONG_IMAGE, progress: '12 of 14' },
  installing: {
    kind: 'installing',
    progress: 'Downloading chromadb-1.5.9-cp39-abi3-manylinux_2_17_x86_64.whl (21.5 MB)',
  },
  creating: { kind: 'creating' },
  heartbeat: { kind: 'heartbeat' },
  elsewhere: { kind: 'elsewhere' },
};

describe('the words on the screen', () => {
  it('show fractions only where they matter', () => {
    assert.equal(describeLatency(2.34), '2.3 ms');
    assert.equal(describeLatency(123.4), '123 ms');
  });

  it('tell how far a step is', () => {
    const image = 'chromadb/chroma:1.5.9';
    const pulling: StartStep = { kind: 'pulling', image, progress: '45%', fraction: 0.45 };
    assert.equal(describeStep(pulling), 'Pulling chromadb/chroma:1.5.9 (45%)');
    assert.equal(stepFraction(pulling), 0.45);
    assert.equal(describeStep({ kind: 'installing', fraction: 0.456 }), 'Installing Chroma (45%)');
    assert.equal(
      describeStep({ kind: 'installing', fraction: 0.2, progress: '12 of 65 MB' }),
      'Installing Chroma (12 of 65 MB)',
    );
    assert.equal(describeStep({ kind: 'heartbeat' }), 'Waiting for the first heartbeat');
    assert.equal(stepFraction({ kind: 'heartbeat' }), undefined);
  });

  for (const step of Object.values(LONGEST)) {
    it(`fit on one line of a notification while ${step.kind}`, () => {
      const words = describeStep(step);
      assert.ok(`Restarting Chroma: ${words}`.length < 60, words);
    });
  }

  it('leave out the middle of what is too long, and of nothing else', () => {
    assert.equal(shorten('chroma:1', 8), 'chroma:1');
    assert.equal(shorten('registry.example.com/chroma:1.5.9', 21), 'registry…chroma:1.5.9');
    assert.equal(Array.from(shorten('🔒'.repeat(40), 21)).length, 21);
  });

  it('leave the reasons of a step to the log', () => {
    const step = 'the DNS does not answer here, so the names could not be looked at; going on';
    assert.equal(asProgress(step), 'the DNS does not answer here');
    assert.equal(asProgress('having it signed'), 'having it signed');
    assert.equal(asProgress(`checking ${'a.'.repeat(60)}example`).length, 59);
  });
});
