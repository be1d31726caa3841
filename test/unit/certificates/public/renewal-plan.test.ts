import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { AcmeSource } from '../../../../src/certificates/public/certificate-source.ts';
import {
  findFailure,
  isRested,
  nextAttempt,
  nextLook,
  planRenewal,
} from '../../../../src/certificates/public/renewal-plan.ts';
import {
  addFailure,
  type RenewalRecord,
} from '../../../../src/certificates/public/renewal-record.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);
/** After everything that is noted here. */
const LATER = START + 401 * DAY;
const ACME: AcmeSource = {
  kind: 'acme',
  directory: 'https://acme.example/directory',
  names: ['chroma.example'],
  challenge: { type: 'http-01', port: 80 },
};
const OWN = { kind: 'own-authority' } as const;

function lasting(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(START), notAfter: new Date(START + days * DAY) };
}

function due(record: RenewalRecord, days = 90): number | undefined {
  return planRenewal(ACME, lasting(days), record, LATER).due?.getTime();
}

const FAILED = { code: 'connection', what: 'Nothing answered on port 80.' };

describe('the plan of a renewal', () => {
  it('is two thirds of the lifetime, however long that is', () => {
    for (const days of [6, 45, 90, 365]) assert.equal(due({}, days), START + (days * DAY * 2) / 3);
  });

  it('is the moment that was chosen where the ACME server names a window', () => {
    const window = { start: START + 50 * DAY, end: START + 52 * DAY, chosen: START + 51 * DAY };
    const record = { information: { checkAt: START, window } };
    assert.deepEqual(planRenewal(ACME, lasting(90), record, START + 51 * DAY), {
      due: new Date(window.chosen),
      why: 'ari',
      overdue: true,
    });
    assert.equal(planRenewal(ACME, lasting(90), record, window.chosen - 1).overdue, false);
  });

  it('is left to whom it belongs', () => {
    const certbot = { kind: 'certbot', lineage: 'a', live: '/live/a' } as const;
    const acm = { kind: 'acm', arn: 'arn', region: 'eu-west-1' } as const;
    const whose = [certbot, acm, OWN].map(
      (source) => planRenewal(source, lasting(90), {}, START).why,
    );
    assert.deepEqual(whose, ['by certbot', 'by AWS', 'two-thirds']);
    const imported = planRenewal({ kind: 'imported' }, lasting(90), {}, START + 200 * DAY);
    assert.deepEqual(imported, { why: 'never', overdue: false });
  });

  it('tries the same failure again after 1, 2, 4… hours, and once a day at least', () => {
    let record: RenewalRecord = {};
    const at = START + 70 * DAY;
    const distances = Array.from({ length: 7 }, () => {
      record = addFailure(record, at, FAILED);
      return ((due(record) ?? 0) - at) / HOUR;
    });
    assert.deepEqual(distances, [1, 2, 4, 8, 16, 24, 24]);
    record = addFailure(record, at, { code: 'dns', what: 'The name is not known.' });
    assert.equal(due(record), at + HOUR, 'another failure begins again');
  });

  it('waits until the server takes another attempt', () => {
    const at = START + 70 * DAY;
    const limited = { code: 'rateLimited', what: 'Too many orders.', retryAt: at + 3 * DAY };
    assert.equal(due(addFailure({}, at, limited)), at + 3 * DAY);
    assert.equal(due(addFailure({}, at, { ...limited, retryAt: at + 60_000 })), at + HOUR);
    const absurd = addFailure({}, at, { ...limited, retryAt: at + 4000 * DAY });
    assert.equal(due(absurd), at + 7 * DAY, 'no limit is so long');
    assert.equal(isRested(absurd, lasting(90), at + 7 * DAY - 1), false);
    assert.equal(isRested(absurd, lasting(90), at + 7 * DAY), true);
  });

  it('asks again after a day where its issuer had none newer', () => {
    const at = START + 70 * DAY;
    assert.equal(due({ last: { ok: true, at, unchanged: true } }), at + DAY);
    assert.equal(due({ last: { ok: true, at: START } }, 1), START + (2 * DAY) / 3);
  });

  it('never comes before two thirds, nor twice within an hour of a failure', () => {
    const moments = fc.integer({ min: START, max: START + 400 * DAY });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 398 }), fc.array(moments), (days, failedAt) => {
        const record = failedAt
          .toSorted((one, other) => one - other)
          .reduce<RenewalRecord>((before, at) => addFailure(before, at, FAILED), {});
        const last = failedAt.length === 0 ? -Infinity : Math.max(...failedAt);
        const next = due(record, days) ?? 0;
        return next >= START + (days * DAY * 2) / 3 && next >= last + HOUR;
      }),
    );
  });

  it('looks at what an ACME server says when that server wants it', () => {
    assert.equal(nextLook(ACME, {}, START), 0, 'nothing was asked yet');
    assert.equal(nextLook(ACME, { information: { checkAt: START + HOUR } }, START), START + HOUR);
    assert.equal(nextLook(OWN, {}, START), undefined);
  });

  it('holds nothing up by what a clock noted that was a year ahead', () => {
    const at = START + 365 * DAY;
    const record = addFailure({ information: { checkAt: at + HOUR } }, at, FAILED);
    const now = START + 70 * DAY;
    assert.equal(planRenewal(ACME, lasting(90), record, now).overdue, true);
    assert.equal(nextAttempt(ACME, lasting(90), record, now), 0, 'the server is asked again too');
    assert.equal(findFailure(ACME, lasting(90), record, START + 30 * DAY), undefined);
  });

  it('rests after a renewal although the server names a time in the past again', () => {
    const window = { start: START - DAY, end: START, chosen: START - HOUR };
    const at = START + HOUR;
    const renewed: RenewalRecord = {
      last: { ok: true, at },
      information: { checkAt: at + HOUR, window },
    };
    assert.equal(due(renewed), at + DAY);
    assert.equal(due(renewed, 1), at + DAY / 10, 'a short life has less time');
    assert.equal(
      due({ information: { checkAt: at, window } }),
      START - HOUR,
      'the first one is due',
    );
  });
});

describe('a renewal that failed', () => {
  it('counts from the first failure that leaves less than a third of the lifetime', () => {
    const early = addFailure({}, START + 59 * DAY, FAILED);
    assert.equal(
      findFailure(ACME, lasting(90), early, LATER),
      undefined,
      'a user wanted it too early',
    );
    const late = addFailure({}, START + 60 * DAY, FAILED);
    assert.equal(findFailure(ACME, lasting(90), late, LATER)?.problem.what, FAILED.what);
  });

  it('counts long before where the ACME server wants another at once, as after a revocation', () => {
    const window = { start: START - DAY, end: START, chosen: START - HOUR };
    const record = addFailure({ information: { checkAt: START, window } }, START + DAY, FAILED);
    assert.equal(findFailure(ACME, lasting(90), record, LATER)?.failures, 1);
  });

  it('is over once one went well, and nobody’s where nobody renews', () => {
    const at = START + 80 * DAY;
    assert.equal(findFailure(ACME, lasting(90), { last: { ok: true, at } }, LATER), undefined);
    assert.equal(
      findFailure({ kind: 'imported' }, lasting(90), addFailure({}, at, FAILED), LATER),
      undefined,
    );
  });
});
