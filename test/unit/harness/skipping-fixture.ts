import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { requirePart } from '../../parts.ts';

// Not a test of ours: `skipping.test.ts` runs it where Docker is missing. A hook that runs although
// what it undoes was never done throws, as hooks of tests do.
describe('a group whose part is missing', () => {
  let opened: { close: () => void } | undefined;
  const close = (): void => {
    if (opened === undefined) throw new Error('a hook of a skipped group ran');
    opened.close();
  };

  before(function () {
    requirePart(this, 'docker');
    opened = { close: () => undefined };
  });
  beforeEach(close);
  afterEach(close);
  after(close);
  it('is skipped', close);

  describe('and one inside it', () => {
    before(close);
    after(close);
    it('is skipped too', close);
  });
});

describe('a test whose part is missing', () => {
  let opened = 0;
  afterEach(() => {
    opened -= 1;
    if (opened < 0) throw new Error('the hook of a skipped test ran');
  });

  it('is skipped', function () {
    skipBecause(this, 'it says so');
  });
  it('leaves the next its hook, and all the time there is', function () {
    assert.equal(this.timeout(), 60_000);
    opened += 1;
  }).timeout(1);
  after(() => {
    if (opened !== 0) throw new Error('the hook of an executed test did not run');
  });
});

describe('what was prepared for a skipped test', () => {
  let prepared = 0;
  beforeEach(() => {
    prepared += 1;
  });
  afterEach(() => {
    prepared -= 1;
  });
  after(() => {
    if (prepared !== 0) throw new Error('it was not put away');
  });
  it('is put away', function () {
    skipBecause(this, 'it says so');
  });
});

describe('a hook that skips each test', () => {
  beforeEach(function () {
    skipBecause(this, 'it says so');
  });
  afterEach(() => {
    throw new Error('a hook ran though nothing was prepared');
  });
  it('has nothing put away', () => undefined);
});
