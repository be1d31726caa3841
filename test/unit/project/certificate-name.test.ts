import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseCertificateName, resolveNames } from '../../../src/project/certificate-name.ts';

describe('certificate names', () => {
  for (const [text, kind, value] of [
    ['*.example.test', 'dns', '*.example.test'],
    ['b\u00fccher.test', 'dns', 'xn--bcher-kva.test'],
    ['[::1]', 'ip', '::1'],
    ['https://localhost:8000/a?b=c', 'uri', 'https://localhost:8000/a?b=c'],
    ['spiffe://example.test/chroma', 'uri', 'spiffe://example.test/chroma'],
    ['https://[::1]/', 'uri', 'https://[::1]/'],
    ['urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'uri', undefined],
    [' me@Example.TEST ', 'email', 'me@example.test'],
    ["o'neil+x.y@b\u00fccher.test", 'email', "o'neil+x.y@xn--bcher-kva.test"],
  ] as const) {
    it(`${text} is of the kind ${kind}`, () => {
      const name = parseCertificateName(text);
      assert.deepEqual([name.kind, name.value], [kind, value ?? text]);
    });
  }

  for (const [text, reason] of [
    ['', /empty/],
    ['URI:https://a', /port|prefix|IPv6/],
    ['email:me@a.test', /letters, digits/],
    ['mailto:me@a.test', /letters, digits/],
    ['https://a b', /ASCII/],
    ['https://b\u00fccher.test/', /ASCII/],
    ['https://a/\nDNS.9=evil.test', /line break/],
    ['https://a/%zz', /ASCII/],
    ['https://', /not a valid URI/],
    ['file:///etc/passwd', /no host/],
    ['https://me:secret@a.test', /user name/],
    ['https://*.a.test', /wildcard/],
    ['https://a_b.test', /underscore/],
    ['urn:x', /not a valid URN/],
    ['me@', /empty/],
    ['me@127.0.0.1', /not a host name/],
    ['me@[127.0.0.1]', /follows the @/],
    ['me@*.a.test', /not a host name/],
    ['me..you@a.test', /single dots/],
    ['@a.test', /letters/],
    ['me@you@a.test', /letters/],
    ['"me"@a.test', /letters/],
    ['m\u00fc@a.test', /letters/],
    ['me,IP:10.0.0.1@a.test', /letters/],
    [`${'m'.repeat(65)}@a.test`, /64/],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}, saying why`, () => {
      assert.throws(() => parseCertificateName(text), { code: 'invalid-name', message: reason });
    });
  }

  it('gives the domain first and every name once', () => {
    const further = ['localhost', '::1', '0:0::1', '127.0.0.1', 'me@a.test', 'me@A.test'];
    assert.deepEqual(
      resolveNames('LOCALHOST', further).map(({ value }) => value),
      ['localhost', '::1', '127.0.0.1', 'me@a.test'],
    );
  });

  it('refuses a URI or an e-mail address as the domain', () => {
    for (const text of ['https://localhost', 'me@localhost']) {
      assert.throws(() => resolveNames(text, []), { code: 'invalid-name' });
    }
  });
});
