import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  describeDataLeft,
  nameDataVolume,
} from '../../../../../src/chroma/runtimes/docker/data-volumes.ts';

const OLD = { name: 'old-volume', generation: 'python' } as const;
const NEW = { name: 'new-volume', generation: 'rust' } as const;

describe('the volumes of a workspace', () => {
  it('have a name for each generation', () => {
    assert.equal(nameDataVolume('0123', 'rust'), 'chroma-tls-0123-data');
    assert.equal(nameDataVolume('0123', 'python'), 'chroma-tls-0123-data-python');
  });

  it('are told of when a server of the other generation starts without data', () => {
    assert.equal(
      describeDataLeft('rust', [OLD]),
      'The data of Chroma 0.x stays in the volume old-volume; Chroma 1.x starts with an empty one of its own.',
    );
    assert.match(describeDataLeft('python', [NEW]) ?? '', /Chroma 1\.x stays in .*new-volume/);
    assert.equal(describeDataLeft('rust', [OLD, NEW]), undefined);
    assert.equal(describeDataLeft('rust', []), undefined);
  });
});
