import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import forge from 'node-forge';
import { deriveKey } from '../../../../../src/certificates/encoding/encryption/pkcs12-derivation.ts';

const DIGESTS = {
  sha1: () => forge.md.sha1.create(),
  sha256: () => forge.md.sha256.create(),
  sha384: () => forge.md.sha384.create(),
  sha512: () => forge.md.sha512.create(),
} as const;
const PURPOSES = { encryption: 1, iv: 2, mac: 3 } as const;
const digests = ['sha1', 'sha256', 'sha384', 'sha512'] as const;
const purposes = ['encryption', 'iv', 'mac'] as const;

describe('the key derivation of PKCS#12', () => {
  it('gives what a library gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
        fc.record({
          purpose: fc.constantFrom(...purposes),
          digest: fc.constantFrom(...digests),
          salt: fc.uint8Array({ maxLength: 150 }),
          rounds: fc.integer({ min: 1, max: 20 }),
          length: fc.integer({ min: 1, max: 200 }),
        }),
        async (passphrase, how) => {
          const expected = forge.pkcs12.generateKey(
            passphrase,
            forge.util.createBuffer(Buffer.from(how.salt).toString('binary')),
            PURPOSES[how.purpose],
            how.rounds,
            how.length,
            DIGESTS[how.digest](),
          );
          const made = await deriveKey(passphrase, how);
          assert.equal(made.toString('hex'), expected.toHex());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets others have their turn meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const salt = Buffer.alloc(8);
    const by = { purpose: 'mac', digest: 'sha256', salt, rounds: 60_000, length: 32 } as const;
    await deriveKey('a passphrase', by);
    clearInterval(timer);
    assert.ok(turns > 10, `${turns} turns`);
  });
});
