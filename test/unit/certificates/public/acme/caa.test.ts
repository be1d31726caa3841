import assert from 'node:assert/strict';
import type { CaaRecord } from 'node:dns';
import { describe, it } from 'mocha';
import {
  allowedAuthorities,
  isAllowed,
} from '../../../../../src/certificates/public/acme/dns/caa.ts';

const issue = (value: string): CaaRecord => ({ critical: 0, issue: value });
const wild = (value: string): CaaRecord => ({ critical: 0, issuewild: value });

describe('CAA records', () => {
  const asked = {
    wildcard: false,
    identities: ['letsencrypt.org', 'other.example'],
    challenge: 'http-01',
  } as const;

  it('allow the authorities that they name', () => {
    assert.ok(isAllowed([issue('letsencrypt.org')], asked));
    assert.ok(isAllowed([issue('pki.goog'), issue(' Other.Example ; accounturi=x')], asked));
    assert.ok(!isAllowed([issue('pki.goog')], asked));
    assert.ok(!isAllowed([issue(';')], asked));
    assert.ok(!isAllowed([issue('')], asked));
  });

  it('forbid nothing where they are about something else', () => {
    assert.ok(isAllowed([{ critical: 0, iodef: 'mailto:a@example.com' }], asked));
    assert.ok(isAllowed([wild(';')], asked), 'it is about wildcards alone');
  });

  it('are about a wildcard by issuewild, and by issue where there is none', () => {
    const wildcard = { ...asked, wildcard: true };
    assert.ok(!isAllowed([issue('letsencrypt.org'), wild('pki.goog')], wildcard));
    assert.ok(isAllowed([issue('pki.goog'), wild('letsencrypt.org')], wildcard));
    assert.ok(isAllowed([issue('letsencrypt.org')], wildcard));
    assert.deepEqual(allowedAuthorities([issue('a.example'), wild('b.example')], true), [
      'b.example',
    ]);
  });

  it('may allow some ways of proving only', () => {
    const dnsOnly = issue('letsencrypt.org; validationmethods=dns-01, tls-alpn-01');
    assert.ok(!isAllowed([dnsOnly], asked));
    assert.ok(!isAllowed([dnsOnly], { ...asked, challenge: 'http-01-webroot' }));
    assert.ok(isAllowed([dnsOnly], { ...asked, challenge: 'tls-alpn-01' }));
  });

  it('forbid all where a critical one is not known', () => {
    const unknown = { critical: 128, future: 'x' };
    assert.ok(!isAllowed([issue('letsencrypt.org'), unknown], asked));
    assert.ok(isAllowed([issue('letsencrypt.org'), { ...unknown, critical: 0 }], asked));
  });
});
