import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'mocha';
import { createRequest } from '../../../../src/certificates/issue/certificate-request.ts';
import * as x509 from '../../../../src/certificates/encoding/x509.ts';
import { resolveNames } from '../../../../src/project/certificate-name.ts';

describe('requesting a certificate', () => {
  const keys = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
    'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
    ed25519: generateKeyPairSync('ed25519').privateKey,
  };
  const names = resolveNames('*.a.test', ['bücher.test', '10.0.0.1', '::1', 'ops@a.test']);

  for (const [kind, key] of Object.entries(keys)) {
    it(`is signed by the key itself: ${kind}`, async () => {
      const request = new x509.Pkcs10CertificateRequest(await createRequest(key, names));
      assert.equal(await request.verify(), true);
    });
  }

  it('asks for the names and nothing else', async () => {
    const request = new x509.Pkcs10CertificateRequest(await createRequest(keys['P-256'], names));
    assert.equal(request.subject, 'CN=*.a.test');
    const [names_, ...others] = request.extensions;
    assert.ok(names_ instanceof x509.SubjectAlternativeNameExtension);
    assert.deepEqual(others, []);
    assert.deepEqual(
      names_.names.items.map(({ type, value }) => [type, value]),
      [
        ['dns', '*.a.test'],
        ['dns', 'xn--bcher-kva.test'],
        ['ip', '10.0.0.1'],
        ['ip', '::1'],
        ['email', 'ops@a.test'],
      ],
    );
  });

  it('has no common name where every name is too long for one', async () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.test`;
    const request = new x509.Pkcs10CertificateRequest(
      await createRequest(keys['P-256'], resolveNames(long, [])),
    );
    assert.equal(request.subject, '');
  });
});
