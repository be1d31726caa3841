import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseSize } from '../../../../../src/chroma/runtimes/docker/volume-removal.ts';

describe('the size of a volume', () => {
  it('is read from what docker says', () => {
    const read = ['0B', '193.2kB', '1.5MB', '2GB', 'N/A', ''].map(parseSize);
    assert.deepEqual(read, [0, 193_200, 1_500_000, 2_000_000_000, undefined, undefined]);
  });
});
