import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { nameFile } from '../../../src/workspace/export.ts';

describe('the name of an exported file', () => {
  it('says whose it is, and is a name on every system', () => {
    for (const [domain, expected] of [
      ['localhost', 'chroma-localhost.p12'],
      ['*.a.test', 'chroma-wildcard.a.test.p12'],
      ['bücher.test', 'chroma-bücher.test.p12'],
      ['::1', 'chroma---1.p12'],
      ['../../etc/passwd', 'chroma-..-..-etc-passwd.p12'],
    ] as const) {
      assert.equal(nameFile(domain, '.p12'), expected);
    }
  });
});
