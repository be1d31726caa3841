import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { takePorts } from '../../../scripts/suites/ports.mjs';

describe('the ports of a process of tests', () => {
  it('are never those that another run has taken', async () => {
    const before = await takePorts();
    const other = createServer();
    try {
      other.listen({ port: before.first + 400, host: '127.0.0.1' });
      await once(other, 'listening');
      const after = await takePorts();
      try {
        assert.notEqual(after.first, before.first);
        assert.notEqual(after.first, before.first + 400);
      } finally {
        after.release();
      }
    } finally {
      other.close();
      before.release();
    }
  });
});
