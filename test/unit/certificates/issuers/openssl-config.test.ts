import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  renderAuthorityConfig,
  renderConfig,
  renderCookbookConfig,
} from '../../../../src/certificates/issuers/openssl-config.ts';
import { resolveNames } from '../../../../src/project/certificate-name.ts';
import { parseServerName } from '../../../../src/project/domain.ts';

describe('openssl.cnf', () => {
  const names = resolveNames('bücher.test', ['*.a.test', '10.0.0.1', '::1', 'me@a.test']);

  it('has every name as what it is, one a line', () => {
    const text = renderConfig({
      domain: 'localhost',
      kind: 'local-ca',
      names,
      keyType: 'ecdsa-p256',
    });
    assert.deepEqual(linesOf(text, 'alt_names'), [
      'DNS.1 = xn--bcher-kva.test',
      'DNS.2 = *.a.test',
      'IP.3 = 10.0.0.1',
      'IP.4 = ::1',
      'email.5 = me@a.test',
    ]);
    assert.deepEqual(linesOf(text, 'req_distinguished_name'), [
      'O = Chroma',
      'CN = xn--bcher-kva.test',
    ]);
  });

  it('says the whole profile, of the leaf and of its authority', () => {
    const text = renderConfig({
      domain: 'localhost',
      kind: 'local-ca',
      names,
      keyType: 'rsa-2048',
    });
    assert.deepEqual(linesOf(text, 'usr_cert'), [
      'basicConstraints = critical, CA:FALSE',
      'keyUsage = critical, digitalSignature, keyEncipherment',
      'extendedKeyUsage = serverAuth',
      'subjectKeyIdentifier = hash',
      'authorityKeyIdentifier = keyid:always',
      'subjectAltName = @alt_names',
    ]);
    assert.deepEqual(linesOf(text, 'authority'), [
      'basicConstraints = critical, CA:TRUE, pathlen:0',
      'keyUsage = critical, keyCertSign, cRLSign',
      'subjectKeyIdentifier = hash',
      'nameConstraints = critical, @authority_names',
    ]);
    assert.deepEqual(linesOf(text, 'authority_names'), [
      'permitted;DNS.1 = xn--bcher-kva.test',
      'permitted;DNS.2 = a.test',
      'permitted;IP.3 = 10.0.0.1/255.255.255.255',
      'permitted;IP.4 = ::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ]);
  });

  it('excludes whole the type of name that there is none of', () => {
    const excluded = (domain: string): readonly string[] => {
      const kind = 'local-ca' as const;
      const config = {
        kind,
        domain,
        names: resolveNames(domain, []),
        keyType: 'ecdsa-p256',
      } as const;
      const lines = linesOf(renderConfig(config), 'authority_names');
      return lines.filter((line) => line.startsWith('excluded'));
    };
    assert.deepEqual(excluded('a.test'), [
      'excluded;IP.1 = 0.0.0.0/0.0.0.0',
      'excluded;IP.2 = ::/::',
    ]);
    assert.deepEqual(excluded('10.0.0.1'), ['excluded;DNS.1 = ']);
  });

  it('knows nothing of an authority where the certificate is its own', () => {
    const text = renderConfig({
      domain: 'localhost',
      kind: 'self-signed',
      names,
      keyType: 'ecdsa-p256',
    });
    assert.doesNotMatch(text, /authority\]|CA:TRUE/);
    assert.equal(linesOf(text, 'req_distinguished_name')[0], 'C = US');
  });

  it('is the page’s own for the kind "seed", with an address as an address', () => {
    assert.equal(
      renderCookbookConfig(parseServerName('localhost')),
      `[req]
distinguished_name = req_distinguished_name
x509_extensions = usr_cert

[req_distinguished_name]
CN = localhost

[usr_cert]
subjectAltName = DNS:localhost
`,
    );
    assert.match(renderCookbookConfig(parseServerName('::1')), /^subjectAltName = IP:::1$/m);
  });

  it('takes no name of a folder for anything but a name', () => {
    const shape = (text: string): readonly string[] =>
      text.split('\n').map((line) => line.replace(/ = .*$/s, ''));
    const plain = shape(renderAuthorityConfig('plain'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (label) => {
        const text = renderAuthorityConfig(label);
        assert.deepEqual(shape(text), plain);
        const [, value = ''] = /^CN = (.*)$/m.exec(text) ?? [];
        // Whatever config(5) gives a meaning stands behind a backslash.
        assert.doesNotMatch(value.replace(/\\[\\$#"'`]/g, ''), /[\\$#"'`]/);
      }),
      { numRuns: 500 },
    );
    assert.match(renderAuthorityConfig('$ENV::HOME'), /for \\\$ENV::HOME$/m);
  });
});

/** The lines of a section. */
function linesOf(text: string, section: string): readonly string[] {
  const [, after = ''] = text.split(`[${section}]\n`);
  return (after.split('\n\n')[0] ?? '').split('\n').filter((line) => line !== '');
}
