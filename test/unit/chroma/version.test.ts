import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeImage } from '../../../src/chroma/version.ts';

describe('what follows from a version', () => {
  for (const [image, line, path, data] of [
    ['chromadb/chroma:0.4.23', 'python', '/api/v1/heartbeat', '/chroma/chroma'],
    ['chromadb/chroma:0.5.13', 'python', '/api/v1/heartbeat', '/chroma/chroma'],
    ['chromadb/chroma:0.5.16', 'python', '/api/v2/heartbeat', '/chroma/chroma'],
    ['chromadb/chroma:0.6.3', 'python', '/api/v2/heartbeat', '/chroma/chroma'],
    ['chromadb/chroma:1.0.0', 'rust', '/api/v2/heartbeat', '/data'],
    ['chromadb/chroma:1.5.9', 'rust', '/api/v2/heartbeat', '/data'],
    ['localhost:5000/chroma:0.5.0.dev3', 'python', '/api/v1/heartbeat', '/chroma/chroma'],
    [
      `chromadb/chroma:0.6.3@sha256:${'0'.repeat(64)}`,
      'python',
      '/api/v2/heartbeat',
      '/chroma/chroma',
    ],
    [`chromadb/chroma@sha256:${'0'.repeat(64)}`, 'rust', '/api/v2/heartbeat', '/data'],
    ['chromadb/chroma:latest', 'rust', '/api/v2/heartbeat', '/data'],
    ['localhost:5000/chroma', 'rust', '/api/v2/heartbeat', '/data'],
    ['chroma 1.5.9', 'rust', '/api/v2/heartbeat', '/data'],
    ['chroma 0.5.13', 'python', '/api/v1/heartbeat', '/chroma/chroma'],
  ] as const) {
    it(`${image} is ${line}`, () => {
      const capabilities = describeImage(image);
      assert.equal(capabilities.generation, line);
      assert.equal(capabilities.ownTls, line === 'python');
      assert.equal(capabilities.heartbeatPath, path);
      assert.equal(capabilities.dataPath, data);
    });
  }

  it('is also whether the image has an entry point: from 0.4.23 on', () => {
    const has = (version: string): boolean => describeImage(`chroma:${version}`).hasEntryPoint;
    assert.deepEqual(['0.4.0', '0.4.22'].map(has), [false, false]);
    assert.deepEqual(['0.4.23', '0.4.24', '0.5.0', '0.6.3', '1.5.9'].map(has), Array(5).fill(true));
  });
});
