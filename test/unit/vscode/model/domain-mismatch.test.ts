import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findLostCoverage } from '../../../../src/vscode/model/domain-mismatch.ts';
import { certificate, SAMPLES, UNCOVERED } from '../samples.ts';

const covered = SAMPLES.stopped;
const uncovered = { ...covered, domain: 'chroma.test', certificate: certificate(UNCOVERED) };

describe('the notice that the certificate no longer covers the domain', () => {
  it('comes once for a change', () => {
    assert.ok(findLostCoverage(covered, uncovered));
    assert.ok(!findLostCoverage(uncovered, { ...uncovered }));
  });

  it('comes for a domain that no certificate can cover, with another cure', () => {
    const problem = { code: 'invalid-name', message: '"a b" is no name for a server.' } as const;
    const unusable = { ...covered, domain: 'a b', certificate: certificate(problem) };
    assert.equal(findLostCoverage(covered, unusable)?.code, 'invalid-name');
    assert.equal(findLostCoverage(unusable, { ...unusable }), undefined);
  });

  it('comes again for another domain', () => {
    assert.ok(findLostCoverage(uncovered, { ...uncovered, domain: 'other.test' }));
  });

  it('does not come for what was so when we first looked', () => {
    assert.ok(!findLostCoverage(SAMPLES.unconfigured, uncovered));
  });

  it('does not come when the certificate goes away or covers the domain again', () => {
    assert.ok(!findLostCoverage(covered, SAMPLES.unconfigured));
    assert.ok(!findLostCoverage(uncovered, covered));
  });
});
