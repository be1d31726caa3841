import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  describeExpiry,
  expiryStage,
  nextDayLeft,
  nextExpiryStage,
} from '../../../../src/certificates/inspect/expiry.ts';
import {
  cookbookValidity,
  leafValidity,
  type Validity,
} from '../../../../src/certificates/issue/validity.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 24, 12);

/** A certificate of so many days that ends now. */
function lasting(days: number): Validity {
  return { notBefore: new Date(NOW - days * DAY), notAfter: new Date(NOW) };
}

describe('the end of a certificate', () => {
  it('is near from its last 30 days on, nearer from its last 7, and past after its last moment', () => {
    const stages = (offset: number): unknown => expiryStage(lasting(365), NOW + offset);
    assert.deepEqual(
      [-365 * DAY, -30 * DAY, 1 - 30 * DAY, -7 * DAY, 1 - 7 * DAY, 0, 1].map(stages),
      [undefined, undefined, 'month', 'month', 'week', 'week', 'expired'],
    );
  });

  it('is not near from the first minute on where there are but few days', () => {
    const stages = (days: number, left: number): unknown =>
      expiryStage(lasting(days), NOW - left * DAY);
    assert.deepEqual(
      [60, 20.1, 19.9, 7.1, 6.9].map((left) => stages(60, left)),
      [undefined, undefined, 'month', 'month', 'week'],
    );
    assert.deepEqual(
      [6, 2.1, 1.9].map((left) => stages(6, left)),
      [undefined, undefined, 'week'],
    );
  });

  it('has a next stage, which begins just then', () => {
    for (const days of [365, 60, 6, 0.01]) {
      const validity = lasting(days);
      const seen: unknown[] = [];
      let at: number | undefined = validity.notBefore.getTime();
      for (;;) {
        at = nextExpiryStage(validity, at);
        if (at === undefined) break;
        assert.notEqual(expiryStage(validity, at), expiryStage(validity, at - 1));
        seen.push(expiryStage(validity, at));
      }
      assert.deepEqual(seen, days > 21 ? ['month', 'week', 'expired'] : ['week', 'expired']);
    }
  });

  it('is told in days as people count them', () => {
    for (const [left, text] of [
      [100 * DAY, 'Expires in 100 days'],
      [1.5 * DAY, 'Expires in 2 days'],
      [1.49 * DAY, 'Expires in 1 day'],
      [0.99 * DAY, 'Expires in less than a day'],
      [-1, 'Expired on 2026-11-24'],
    ] as const) {
      assert.equal(describeExpiry(new Date(NOW + left), NOW), text);
    }
  });

  it('is as many days ahead as a certificate was made for', () => {
    const now = new Date(NOW + 1);
    for (const days of [2, 90, 365, 3650]) {
      for (const { notAfter } of [leafValidity({ days, now }), cookbookValidity(now, days)]) {
        assert.equal(describeExpiry(notAfter, now.getTime()), `Expires in ${days} days`);
      }
    }
  });

  it('says which moment changes the days that are left, and no other does', () => {
    let at: number | undefined = NOW - 3.2 * DAY;
    const seen: string[] = [];
    for (;;) {
      at = nextDayLeft(new Date(NOW), at);
      if (at === undefined) break;
      assert.notEqual(describeExpiry(new Date(NOW), at), describeExpiry(new Date(NOW), at - 1));
      seen.push(describeExpiry(new Date(NOW), at));
    }
    assert.deepEqual(seen, [
      'Expires in 2 days',
      'Expires in 1 day',
      'Expires in less than a day',
      'Expired on 2026-11-24',
    ]);
  });
});
