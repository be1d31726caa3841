import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  describeRemains,
  describeTrust,
  listFormer,
  type StoreTrust,
} from '../../../../src/certificates/trust/trust-state.ts';

function store(name: string, state: StoreTrust['state'], location = `/${name}`): StoreTrust {
  const facts = { id: location, users: 'this', needsRoot: false, hasFormer: false } as const;
  return { ...facts, name, location, state };
}

describe('trust in words', () => {
  for (const [stores, expected] of [
    [[], 'No store was found'],
    [
      [
        store('system', 'trusted'),
        store('Chromium', 'trusted'),
        store('Firefox', 'not-trusted'),
        store('Java', 'not-trusted'),
      ],
      'Trusted by system, Chromium; not by Firefox, Java',
    ],
    [[store('system', 'not-trusted')], 'Not trusted by system'],
    [
      [store('system', 'trusted'), store('Firefox', 'unknown')],
      'Trusted by system; unknown: Firefox',
    ],
    [
      [store('Firefox', 'trusted', '/p/a.default'), store('Firefox', 'trusted', '/p/b.work')],
      'Trusted by Firefox',
    ],
    [
      [store('Firefox', 'trusted', '/p/a.default'), store('Firefox', 'not-trusted', '/p/b.work')],
      'Trusted by Firefox (a.default); not by Firefox (b.work)',
    ],
  ] as const) {
    it(expected, () => {
      assert.equal(describeTrust(stores), expected);
    });
  }

  it('say what remains when the own one is removed', () => {
    assert.equal(describeRemains([store('system', 'not-trusted')]), '');
    assert.equal(
      describeRemains([
        store('system', 'trusted'),
        store('Java', 'unknown'),
        store('Firefox', 'not-trusted'),
      ]),
      'Still trusted by system: it was not put there for this workspace, so it stays. Whether Java trusts it is not known.',
    );
  });

  it('names the stores with a former authority', () => {
    const former = { ...store('system', 'trusted'), hasFormer: true };
    assert.equal(listFormer([former, store('Java', 'trusted')]), 'system');
  });
});
