import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeCancellation, describeStop } from '../../../src/cli/ending.ts';
import { EXTERNAL_SAMPLES, SAMPLES } from '../vscode/samples.ts';

const UNCERTAIN = {
  ...SAMPLES.stopped,
  observation: {
    kind: 'none',
    unavailable: { problem: { code: 'docker-no-answer', what: 'No answer.' }, isDecisive: false },
  },
} as const;

describe('how a stop ended', () => {
  it('is "Stopped" only where something was there and nothing is', () => {
    const { text, isWell } = describeStop(SAMPLES.healthy.observation, SAMPLES.stopped, 'docker');
    assert.deepEqual([text, isWell], ['Stopped. The data stays.', true]);
  });

  it('names the engine that was asked where nothing was found', () => {
    const { text, isWell } = describeStop(SAMPLES.stopped.observation, SAMPLES.stopped, 'podman');
    assert.match(text, /^No server of this folder was found, neither with podman nor without/);
    assert.ok(isWell);
  });

  it('is no success where the server still runs', () => {
    const { text, isWell } = describeStop(SAMPLES.healthy.observation, SAMPLES.healthy, 'docker');
    assert.match(text, /still runs/);
    assert.ok(!isWell);
  });

  it('leaves someone else’s server alone', () => {
    const { healthy } = EXTERNAL_SAMPLES;
    const { text } = describeStop({ kind: 'none' }, healthy, 'docker');
    assert.match(text, /^Nothing of this folder’s own runs\. Someone else runs/);
    const own = describeStop(SAMPLES.healthy.observation, healthy, 'docker');
    assert.match(own.text, /^The server of this folder’s own is stopped\. Someone else runs/);
  });
});

describe('what a user who cancels is told', () => {
  it('is that nothing was left of a start, only where that was seen', () => {
    const none = 'Cancelled; nothing was left half-way.';
    assert.equal(describeCancellation('start', SAMPLES.stopped), none);
    assert.match(describeCancellation('start', SAMPLES.healthy), /may be left/);
    assert.match(describeCancellation('start', UNCERTAIN), /may be left/);
  });

  it('is that a server may still run, after a stop', () => {
    assert.match(describeCancellation('stop', SAMPLES.healthy), /may still run/);
    assert.match(describeCancellation('stop', SAMPLES.stopped), /had ended/);
    assert.match(describeCancellation('stop', UNCERTAIN), /may still run/);
  });

  it('is no more than that, after anything else', () => {
    assert.equal(describeCancellation('generate', SAMPLES.stopped), 'Cancelled.');
  });
});
