import assert from 'node:assert/strict';
import { createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { before, describe, it } from 'mocha';
import { findChain } from '../../../../src/certificates/inspect/chain-search.ts';
import { describePem } from '../../../../src/certificates/import/describe-pem.ts';
import { inspectCertificate } from '../../../../src/certificates/inspect/inspect.ts';
import { findIssuers, isSelfSigned } from '../../../../src/certificates/inspect/signatures.ts';
import * as x509 from '../../../../src/certificates/encoding/x509.ts';
import { issue, rsa, type Party } from '../pki-fixture.ts';
import { makeWorkspace } from '../workspace-fixture.ts';

const NAME = 'somebody';

/** Runs something and counts the signatures that it has verified, of which each takes its time. */
async function countVerifications(work: () => unknown): Promise<number> {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this`
  const { verify } = X509Certificate.prototype;
  let count = 0;
  X509Certificate.prototype.verify = function (key) {
    count += 1;
    return verify.call(this, key);
  };
  try {
    await work();
    return count;
  } finally {
    X509Certificate.prototype.verify = verify;
  }
}

/** Certificates that differ in their serial alone; their signatures are worth nothing. */
function multiply({ certificate }: Party, count: number): readonly X509Certificate[] {
  const at = certificate.raw.indexOf(Buffer.from(certificate.serialNumber, 'hex'));
  return Array.from({ length: count }, () => {
    const der = Buffer.from(certificate.raw);
    randomBytes(8).copy(der, at + 1);
    return new X509Certificate(der);
  });
}

/** One that names itself as its issuer and has a key of any kind; its signature is worth nothing. */
async function craft(
  n: Buffer,
  e: Buffer,
  signingKey: webcrypto.CryptoKey,
): Promise<X509Certificate> {
  const jwk = { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const { rawData } = await x509.X509CertificateGenerator.create({
    subject: `CN=${NAME}`,
    issuer: `CN=${NAME}`,
    publicKey: new x509.PublicKey(publicKey.export({ type: 'spki', format: 'der' })),
    signingKey,
    signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  });
  return new X509Certificate(Buffer.from(rawData));
}

describe('verifying signatures', () => {
  /** A few more than are compared with each other. */
  let many: readonly X509Certificate[];
  before(async () => {
    many = multiply(await issue({ name: NAME, ca: true }), 210);
  });

  it('is not done with a key made to take long', async () => {
    const number = (bits: number): Buffer => Buffer.alloc(bits / 8, 0xff);
    const { privateKey } = await webcrypto.subtle.generateKey(rsa(2048), true, ['sign', 'verify']);
    const usual = Buffer.from([1, 0, 1]);
    const longExponent = number(3072).fill(0x7f, 0, 1);
    for (const [n, e, tries] of [
      [number(3072), longExponent, 0],
      [number(16_384), usual, 0],
      [number(3072), usual, 1],
    ] as const) {
      const crafted = await craft(n, e, privateKey);
      assert.ok(crafted.checkIssued(crafted));
      const count = await countVerifications(() => {
        assert.equal(isSelfSigned(crafted), false);
        assert.deepEqual([...findIssuers(crafted, [crafted])], []);
      });
      assert.equal(count, tries);
    }
  });

  it('finds the authority beside others of its name', async () => {
    const authority = await issue({ name: NAME, ca: true });
    const leaf = await issue({ by: authority });
    const found = findIssuers(leaf.certificate, [...many.slice(0, 9), authority.certificate]);
    assert.deepEqual([...found], [authority.certificate]);
  });

  it('is done a few times for a folder, however many could have signed', async () => {
    const { folder, files } = await makeWorkspace();
    const leaf = await issue({ name: NAME });
    await mkdir(folder);
    await writeFile(files.certificate, [leaf.pem, ...many].join(''));
    await writeFile(files.ca, many.join(''));
    await writeFile(files.key, leaf.keyPem);
    await chmod(files.key, 0o600);
    const inspect = async (): Promise<void> => {
      const state = await inspectCertificate(folder, 'localhost');
      assert.ok(state.kind === 'present');
      assert.deepEqual(
        state.facts.problems.map(({ code }) => code),
        ['chain-broken'],
      );
    };
    assert.ok((await countVerifications(inspect)) < 50);
    // What was found out once is known.
    assert.equal(await countVerifications(inspect), 0);
  });

  it('is done a few times for each certificate of a file, and not among too many', async () => {
    const describeMany = async (count: number): Promise<number> =>
      countVerifications(async () => {
        const file = Buffer.from(many.slice(-count).join(''));
        assert.equal((await describePem(file, new Date())).length, count);
      });
    assert.ok((await describeMany(40)) <= 40 * 11);
    assert.ok((await describeMany(many.length)) <= many.length);
  });

  it('is done a few times for each link of a chain', async () => {
    const { certificate } = await issue({ by: await issue({ name: NAME, ca: true }) });
    const count = await countVerifications(() => {
      assert.equal(findChain(certificate, many, () => []).kind, 'incomplete');
    });
    assert.ok(count <= many.length + 20);
  });

  it('is done for all of a machine’s bundle of authorities', async () => {
    const sections = await describePem(Buffer.from(rootCertificates.join('\n')), new Date());
    assert.equal(sections.length, rootCertificates.length);
    const signers = sections.map(
      ({ facts }) => facts.find(([label]) => label === 'Signed by')?.[1],
    );
    assert.deepEqual([...new Set(signers)], ['Itself']);
  });
});
