import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hasLostCoverage } from '../../../src/vscode/coverage.ts';
import { certificate, SAMPLES, UNCOVERED } from './samples.ts';

const covered = SAMPLES.stopped;
const uncovered = { ...covered, domain: 'chroma.test', certificate: certificate(UNCOVERED) };

describe('the notice that the certificate no longer covers the domain', () => {
  it('comes once for a change', () => {
    assert.ok(hasLostCoverage(covered, uncovered));
    assert.ok(!hasLostCoverage(uncovered, { ...uncovered }));
  });

  it('comes again for another domain', () => {
    assert.ok(hasLostCoverage(uncovered, { ...uncovered, domain: 'other.test' }));
  });

  it('does not come for what was so when we first looked', () => {
    assert.ok(!hasLostCoverage(SAMPLES.unconfigured, uncovered));
  });

  it('does not come when the certificate goes away or covers the domain again', () => {
    assert.ok(!hasLostCoverage(covered, SAMPLES.unconfigured));
    assert.ok(!hasLostCoverage(uncovered, covered));
  });
});
