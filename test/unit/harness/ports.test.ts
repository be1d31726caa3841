import assert from 'node:assert/strict';
import { takePorts } from '../../../scripts/suites/ports.mjs';

describe('the ports of a process of tests', () => {
  it('are never those that another run has taken', async () => {
    const taken = await takePorts();
    try {
      const others = await takePorts(taken.first);
      others.release();
      assert.notEqual(others.first, taken.first);
    } finally {
      taken.release();
    }
  });

  it('begin again after the last of them', async () => {
    const last = 32_640 - 400;
    const one = await takePorts(last);
    const other = await takePorts(last);
    one.release();
    other.release();
    assert.ok(other.first < last, String(other.first));
  });
});
