import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findDomainMismatch } from '../../../../src/vscode/views/domain-mismatch-notice.ts';
import { certificate, SAMPLES, DOMAIN_MISMATCH } from '../samples.ts';

const covered = SAMPLES.stopped;
const uncovered = { ...covered, domain: 'chroma.test', certificate: certificate(DOMAIN_MISMATCH) };

describe('the notice of a domain mismatch', () => {
  it('comes once for a change', () => {
    assert.ok(findDomainMismatch(covered, uncovered));
    assert.ok(!findDomainMismatch(uncovered, { ...uncovered }));
  });

  it('comes for an invalid domain, with another cure', () => {
    const problem = {
      code: 'invalid-name',
      what: '"a b" cannot be the name of a server.',
    } as const;
    const unusable = { ...covered, domain: 'a b', certificate: certificate(problem) };
    assert.equal(findDomainMismatch(covered, unusable)?.code, 'invalid-name');
    assert.equal(findDomainMismatch(unusable, { ...unusable }), undefined);
  });

  it('comes again for another domain', () => {
    assert.ok(findDomainMismatch(uncovered, { ...uncovered, domain: 'other.test' }));
  });

  it('does not come for a mismatch at the first look', () => {
    assert.ok(!findDomainMismatch(SAMPLES.unconfigured, uncovered));
  });

  it('does not come when the certificate goes away or covers the domain again', () => {
    assert.ok(!findDomainMismatch(covered, SAMPLES.unconfigured));
    assert.ok(!findDomainMismatch(uncovered, covered));
  });
});
