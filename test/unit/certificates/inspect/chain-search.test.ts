import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mock } from 'node:test';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { findChain } from '../../../../src/certificates/inspect/chain-search.ts';
import { readPublicRoots } from '../../../../src/certificates/inspect/system-roots.ts';
import { issue, issueChain, type Party } from '../pki-fixture.ts';

const none = (): readonly X509Certificate[] => [];

describe('completing a chain', () => {
  let root: Party;
  let middle: Party;
  let leaf: Party;
  let others: readonly Party[];
  before(async () => {
    ({ root, middle, leaf } = await issueChain());
    const foreign = await issueChain();
    others = [foreign.root, foreign.middle, foreign.leaf];
  });

  it('sorts it, in whatever order and company it comes', () => {
    const pool = [leaf, root, middle, middle, ...others].map((one) => one.certificate);
    fc.assert(
      fc.property(fc.shuffledSubarray(pool, { minLength: pool.length }), (shuffled) => {
        const found = findChain(leaf.certificate, shuffled, none);
        assert.equal(found.kind, 'complete');
        assert.deepEqual(found.intermediates.map(String), [middle.pem]);
        assert.equal(found.anchor.fingerprint256, root.certificate.fingerprint256);
      }),
      { numRuns: 50 },
    );
  });

  it('takes a public root where there is none of the own', () => {
    const found = findChain(leaf.certificate, [middle.certificate], (signed) =>
      signed === middle.certificate ? [root.certificate] : [],
    );
    assert.ok(found.kind === 'complete');
    assert.equal(found.anchor, root.certificate);
  });

  it('ends at a root, though a cross-signed twin of it leads on', async () => {
    const older = await issue({ name: 'Older', ca: true });
    const cross = await issue({ name: 'Root', ca: true, keys: root.keys, by: older });
    for (const pool of [
      [cross, older, middle, root],
      [root, middle, older, cross],
    ]) {
      const found = findChain(
        leaf.certificate,
        pool.map((one) => one.certificate),
        none,
      );
      assert.ok(found.kind === 'complete');
      assert.equal(found.anchor, root.certificate);
    }
    const withoutRoot = findChain(
      leaf.certificate,
      [cross, older, middle].map((one) => one.certificate),
      none,
    );
    assert.ok(withoutRoot.kind === 'complete');
    assert.equal(withoutRoot.anchor, older.certificate);
    assert.equal(withoutRoot.intermediates.length, 2);
  });

  it('takes the newest of several that would do', async () => {
    const renewed = await issue({
      name: 'Middle',
      ca: true,
      keys: middle.keys,
      by: root,
      until: 200,
    });
    const pool = [middle, renewed, root].map((one) => one.certificate);
    const found = findChain(leaf.certificate, pool, none);
    assert.ok(found.kind === 'complete');
    assert.deepEqual(found.intermediates, [renewed.certificate]);
  });

  it('says where it breaks off', () => {
    const pool = [middle, ...others].map((one) => one.certificate);
    const found = findChain(leaf.certificate, pool, none);
    assert.deepEqual(found, { kind: 'incomplete', top: middle.certificate });
  });

  it('is not led in circles', async () => {
    const one = await issue({ name: 'One', ca: true });
    const two = await issue({ name: 'Two', ca: true, by: one });
    const circular = await issue({ name: 'One', ca: true, keys: one.keys, by: two });
    const end = await issue({ name: 'End', by: circular });
    const pool = [two, circular].map((party) => party.certificate);
    assert.equal(findChain(end.certificate, pool, none).kind, 'incomplete');
  });

  it('does not go the same way twice, however many signed each other', async () => {
    const one = await issue({ name: 'One', ca: true });
    const two = await issue({ name: 'Two', ca: true, by: one });
    const pool: X509Certificate[] = [];
    while (pool.length < 60) {
      const signed = await issue({ name: 'One', ca: true, keys: one.keys, by: two });
      pool.push(
        signed.certificate,
        (await issue({ name: 'Two', ca: true, keys: two.keys, by: one })).certificate,
      );
    }
    const end = await issue({ name: 'End', by: one });
    const { mock: looks } = mock.method(X509Certificate.prototype, 'checkIssued');
    try {
      assert.equal(findChain(end.certificate, pool, none).kind, 'incomplete');
      assert.ok(looks.callCount() <= (pool.length + 1) ** 2, `${looks.callCount()} looks`);
    } finally {
      looks.restore();
    }
  });

  it('needs nobody else for one that signed itself', async () => {
    const self = await issue();
    const found = findChain(self.certificate, [self.certificate], none);
    assert.deepEqual(found, {
      kind: 'complete',
      intermediates: [],
      anchor: self.certificate,
    });
  });
});

describe('public roots', () => {
  it('are those of Node.js, and nobody else', async () => {
    const roots = readPublicRoots();
    const self = await issue({ ca: true });
    assert.equal(roots.has(self.certificate), false);
    assert.deepEqual(roots.findIssuers(self.certificate), []);
    for (const pem of rootCertificates.slice(0, 9)) {
      const root = new X509Certificate(pem);
      assert.ok(roots.has(root));
      assert.deepEqual(roots.findIssuers(root).map(String), [root.toString()], root.subject);
    }
  });
});
