import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeLatency, describeStep } from '../../../../src/vscode/model/wording.ts';

describe('the words on the screen', () => {
  it('show fractions only where they matter', () => {
    assert.equal(describeLatency(2.34), '2.3 ms');
    assert.equal(describeLatency(123.4), '123 ms');
  });

  it('tell how far a step is', () => {
    assert.equal(
      describeStep({ kind: 'pulling', image: 'a/b:1', progress: '2 of 5 layers' }),
      'Pulling a/b:1: 2 of 5 layers',
    );
    assert.equal(describeStep({ kind: 'heartbeat' }), 'Waiting for the first heartbeat');
  });
});
