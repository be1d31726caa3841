import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeExposure } from '../../../src/chroma/exposure.ts';

describe('what to say of a server that others can reach', () => {
  it('is the hole of the Python line, unless only this machine reaches it', () => {
    const said = describeExposure({ generation: 'python' }, '0.0.0.0');
    assert.match(said ?? '', /CVE-2026-45833/);
    assert.ok(describeExposure({ generation: 'python' }, '192.168.1.5'));
    assert.ok(describeExposure({ generation: 'python' }, '::'));
    assert.equal(describeExposure({ generation: 'python' }, '127.0.0.1'), undefined);
    assert.equal(describeExposure({ generation: 'python' }, '::1'), undefined);
    assert.equal(describeExposure({ generation: 'rust' }, '0.0.0.0'), undefined);
  });
});
