import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CertificateFacts } from '../../../../../src/certificates/inspect/certificate-state.ts';
import type { Snapshot } from '../../../../../src/chroma/status/snapshot.ts';
import { findExpiryMessage } from '../../../../../src/vscode/model/messages/expiry-message.ts';
import { certificate, EXTERNAL_SAMPLES, NOW, SAMPLES } from '../../samples.ts';

const DAY = 86_400_000;
const YEAR_AGO = new Date(NOW - 365 * DAY);

/** A certificate for one year with this many days left. */
function withDaysLeft(days: number, more: Partial<CertificateFacts> = {}): Snapshot {
  const state = certificate();
  assert.ok(state.kind === 'present');
  const validity = { notBefore: YEAR_AGO, notAfter: new Date(NOW + days * DAY) };
  return {
    ...SAMPLES.stopped,
    certificate: { kind: 'present', facts: { ...state.facts, ...validity, ...more } },
  };
}

describe('the message that a certificate expires soon', () => {
  it('comes in the last 30 days, in the last 7, and when it is over', () => {
    const at = (days: number): unknown => findExpiryMessage(withDaysLeft(days), NOW)?.message;
    assert.deepEqual([30, 29.9, 7, 6.4, 0.5, -1].map(at), [
      undefined,
      'The certificate for localhost expires in 30 days.',
      'The certificate for localhost expires in 7 days.',
      'The certificate for localhost expires in 6 days.',
      'The certificate for localhost expires in less than a day.',
      'The certificate for localhost expired on 2026-11-23.',
    ]);
  });

  it('is the same message for the same certificate and stage, and another for any other', () => {
    const idOf = (days: number, more?: Partial<CertificateFacts>): string | undefined =>
      findExpiryMessage(withDaysLeft(days, more), NOW)?.id;
    assert.equal(idOf(29), idOf(8));
    assert.equal(new Set([idOf(8), idOf(6), idOf(-1), idOf(6, { fingerprint256: 'CD' })]).size, 4);
  });

  it('comes for an authority that expires first', () => {
    const authority = { name: 'CA', notBefore: YEAR_AGO, notAfter: new Date(NOW + 5 * DAY) };
    const snapshot = withDaysLeft(100, { authorities: [authority] });
    assert.equal(
      findExpiryMessage(snapshot, NOW)?.message,
      'The authority of the certificate for localhost expires in 5 days.',
    );
    const later = { ...authority, notAfter: new Date(NOW + 200 * DAY) };
    assert.equal(findExpiryMessage(withDaysLeft(100, { authorities: [later] }), NOW), undefined);
  });

  it('does not come without a certificate, or for an external server', () => {
    const broken = { ...SAMPLES.stopped, certificate: { kind: 'broken', problems: [] } } as const;
    const theirs = { ...EXTERNAL_SAMPLES.healthy, certificate: withDaysLeft(1).certificate };
    for (const snapshot of [SAMPLES.unconfigured, broken, theirs]) {
      assert.equal(findExpiryMessage(snapshot, NOW), undefined);
    }
  });
});
