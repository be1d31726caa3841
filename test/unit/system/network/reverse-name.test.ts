import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { reverseName } from '../../../../src/system/network/reverse-name.ts';

describe('the reverse name of an address', () => {
  it('is as RFC 1035 and RFC 3596 have it', () => {
    assert.equal(reverseName('192.0.2.10'), '10.2.0.192.in-addr.arpa');
    assert.equal(
      reverseName('4321:0:1:2:3:4:567:89ab'),
      'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa',
    );
    assert.equal(reverseName('::'), `${'0.'.repeat(32)}ip6.arpa`);
  });

  it('is one name for each way of writing an address', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
        const expected = Array.from(long.replaceAll(':', '')).reverse().join('.');
        const { hostname } = new URL(`http://[${long}]/`);
        for (const address of [long, long.toUpperCase(), hostname.slice(1, -1)]) {
          assert.equal(reverseName(address), `${expected}.ip6.arpa`);
        }
      }),
    );
  });
});
