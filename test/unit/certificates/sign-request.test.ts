import assert from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { beforeEach, describe, it } from 'mocha';
import { createRequest } from '../../../src/certificates/issue/certificate-request.ts';
import { parseCertificates } from '../../../src/certificates/encoding/pem-certificates.ts';
import { readNames } from '../../../src/certificates/inspect/certificate-names.ts';
import { readRequest, signRequest } from '../../../src/certificates/sign-request.ts';
import * as x509 from '../../../src/certificates/encoding/x509.ts';
import { resolveNames } from '../../../src/project/certificate-name.ts';
import { makeWorkspace, type WorkspaceFixture } from './workspace-fixture.ts';

const { privateKey: EC } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A request as an attacker, or a careless program, might make it. */
async function makeRequest(
  extensions: x509.Extension[],
  name = 'CN=localhost',
): Promise<x509.Pkcs10CertificateRequest> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  return x509.Pkcs10CertificateRequestGenerator.create({
    name,
    keys,
    signingAlgorithm: P256,
    extensions,
  });
}
const der = (request: x509.Pkcs10CertificateRequest): Buffer => Buffer.from(request.rawData);
const san = (...names: x509.JsonGeneralNames): x509.Extension =>
  new x509.SubjectAlternativeNameExtension(names);

describe('signing a certificate request', () => {
  let fixture: WorkspaceFixture;
  beforeEach(async () => {
    fixture = await makeWorkspace();
  });

  async function sign(content: Buffer): Promise<readonly X509Certificate[]> {
    const request = await readRequest(content);
    const pem = await signRequest({ workspace: fixture.workspace, request, days: 30 });
    return parseCertificates(pem);
  }

  it('gives another key a certificate like our own, in PEM or DER', async () => {
    await fixture.generate();
    const pem = await createRequest(EC, resolveNames('localhost', ['127.0.0.1']));
    const contents = [
      Buffer.from(pem),
      Buffer.from(pem.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST')),
      Buffer.from(x509.PemConverter.decodeFirst(pem)),
    ];
    for (const content of contents) {
      const [leaf, authority] = await sign(content);
      assert.ok(leaf && authority);
      assert.ok(leaf.checkPrivateKey(EC));
      assert.ok(leaf.verify(authority.publicKey));
      assert.equal(leaf.ca, false);
      assert.deepEqual(readNames(leaf).servers, ['localhost', '127.0.0.1']);
      const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000;
      assert.equal(Math.round(days), 30);
    }
  });

  it('takes nothing from a request but its key and its names', async () => {
    await fixture.generate();
    const request = await makeRequest(
      [
        san({ type: 'dns', value: 'localhost' }),
        new x509.BasicConstraintsExtension(true, 5, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
      ],
      'CN=Some Bank, O=Bank',
    );
    const [leaf] = await sign(der(request));
    assert.ok(leaf);
    assert.equal(leaf.ca, false);
    assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.equal(leaf.subject, 'O=Chroma\nCN=localhost');
    const { usages } =
      new x509.X509Certificate(leaf.raw).getExtension(x509.KeyUsagesExtension) ?? {};
    assert.equal(usages, x509.KeyUsageFlags.digitalSignature);
  });

  it('signs for the names of its own server only', async () => {
    await fixture.generate({ domain: 'a.test', additionalNames: ['10.0.0.1'] });
    for (const good of ['a.test', 'b.a.test', '*.a.test', '10.0.0.1']) {
      const content = Buffer.from(await createRequest(EC, resolveNames(good, [])));
      assert.equal((await sign(content)).length, 2, good);
    }
    for (const [bad, shown] of [
      [['localhost'], /localhost/],
      [['a.test', 'evil.test', '10.0.0.2'], /may not sign for evil\.test, 10\.0\.0\.2\./],
      [['xa.test'], /xa\.test/],
      [['::1'], /::1/],
    ] as const) {
      const [first, ...others] = bad;
      const content = Buffer.from(await createRequest(EC, resolveNames(first, others)));
      await assert.rejects(sign(content), { code: 'names-not-permitted', message: shown });
    }
  });

  it('refuses names that are none, and names under a false flag', async () => {
    for (const names of [
      [{ type: 'dns', value: '10.0.0.1' }],
      [{ type: 'dns', value: 'localhost, DNS:evil.test' }],
      [{ type: 'email', value: 'root@localhost' }],
      [{ type: 'url', value: 'https://localhost/' }],
      [
        { type: 'dns', value: 'localhost' },
        { type: 'upn', value: 'root' },
      ],
    ] as const) {
      const content = der(await makeRequest([san(...names)]));
      await assert.rejects(readRequest(content), { code: 'request-foreign-name' });
    }
    const nameless = der(await makeRequest([], 'O=Nobody'));
    await assert.rejects(readRequest(nameless), { code: 'request-without-name' });
    const { names } = await readRequest(der(await makeRequest([])));
    assert.deepEqual(
      names.map(({ value }) => value),
      ['localhost'],
    );
  });

  it('refuses a request whose key nobody has shown to own, or that is weak', async () => {
    const content = Buffer.from(
      x509.PemConverter.decodeFirst(await createRequest(EC, resolveNames('localhost', []))),
    );
    // Another name under the same signature.
    const at = content.indexOf('localhost');
    content.write('LOCALHOST', at, 'latin1');
    await assert.rejects(readRequest(content), { code: 'request-not-signed' });
    const { privateKey: weak } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = await createRequest(weak, resolveNames('localhost', []));
    await assert.rejects(readRequest(Buffer.from(pem)), { code: 'unsupported-key' });
    for (const text of ['', 'nonsense', '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n']) {
      await assert.rejects(readRequest(Buffer.from(text)), { code: 'request-not-understood' });
    }
  });

  it('says when there is no authority that could sign', async () => {
    const request = await readRequest(
      Buffer.from(await createRequest(EC, resolveNames('localhost', []))),
    );
    const { workspace } = fixture;
    const attempt = (now = new Date()): Promise<string> =>
      signRequest({ workspace, request, days: 30, now });
    await assert.rejects(attempt(), { code: 'no-authority-key' });
    await fixture.generate();
    await attempt();
    const late = new Date(Date.now() + 4000 * 86_400_000);
    await assert.rejects(attempt(late), { code: 'no-authority-key', message: /expired/ });
    await fixture.generate({ keepAuthorityKey: false });
    await assert.rejects(attempt(), { code: 'no-authority-key' });
  });
});
