import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { refuseWrongClock } from '../../../../../../src/certificates/public/acme/connection/clock-check.ts';

const THERE = 'Mon, 30 Nov 2026 12:00:00 GMT';

describe('the clock of an authority', () => {
  const here = (time: string): (() => void) => {
    return () => {
      refuseWrongClock(THERE, Date.parse(time));
    };
  };

  it('may be some minutes another, or not known', () => {
    here('2026-11-30T12:59:00Z')();
    here('2026-11-30T11:01:00Z')();
    refuseWrongClock(undefined, 0);
    refuseWrongClock('yesterday', 0);
  });

  it('tells by how much the one here is wrong', () => {
    assert.throws(here('2026-11-29T16:00:00Z'), {
      code: 'acme-clock-wrong',
      message: /20 hours behind.*not be valid here yet.*Set the clock/,
    });
    assert.throws(here('2026-12-03T12:00:00Z'), { message: /3 days ahead of.*too early/ });
    assert.throws(here('2026-11-30T13:01:00Z'), { message: /1 hour ahead/ });
  });
});
