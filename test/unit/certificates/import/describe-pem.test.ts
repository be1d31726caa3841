import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { describePem, type PemSection } from '../../../../src/certificates/import/describe-pem.ts';
import { encryptKey } from '../../../../src/certificates/encoding/encrypted-key.ts';
import * as x509 from '../../../../src/certificates/encoding/x509.ts';
import { issue, rsa } from '../pki-fixture.ts';
import { makeWorkspace } from '../workspace-fixture.ts';

const NOW = new Date();
const DAY = 86_400_000;

async function describeText(text: string | Buffer, now = NOW): Promise<readonly PemSection[]> {
  return describePem(Buffer.from(text), now);
}

function fact(section: PemSection | undefined, label: string): string | undefined {
  return section?.facts.find(([name]) => name === label)?.[1];
}

describe('a file of certificates as facts', () => {
  it('shows each certificate in its order, and what is to be known of it', async () => {
    const fixture = await makeWorkspace();
    const { facts, files } = await fixture.generate({
      additionalNames: ['127.0.0.1', 'me@a.test'],
    });
    const [leaf, authority, ...more] = await describeText(await readFile(files.certificate));
    assert.equal(more.length, 0);
    assert.equal(leaf?.title, 'Certificate (1 of 2)');
    assert.deepEqual(Object.fromEntries(leaf.facts), {
      Subject: 'O=Chroma, CN=localhost',
      Names: 'localhost, 127.0.0.1, me@a.test',
      'Signed by': `${facts.issuer} (2 of 2)`,
      Kind: 'A server’s or a client’s own (leaf)',
      Valid: `${day(facts.notBefore)} to ${day(facts.notAfter)} (Expires in 365 days)`,
      Key: 'ECDSA P-256',
      Serial: facts.serial,
      'SHA-256': facts.fingerprint256,
    });
    assert.deepEqual(leaf.problems, []);
    assert.equal(authority?.title, 'Authority (2 of 2)');
    assert.equal(fact(authority, 'Signed by'), 'Itself');
    assert.equal(fact(authority, 'Names'), undefined);
    const [nameless] = await describeText((await issue({ names: [] })).pem);
    assert.equal(fact(nameless, 'Names'), 'None');
    assert.match(
      fact(authority, 'Kind') ?? '',
      /^Authority \(CA\), for these names only: localhost/,
    );
    assert.deepEqual(authority.problems, []);
  });

  it('says of an authority without limits that it has none', async () => {
    const root = await issue({ name: 'Root', ca: true, names: [] });
    const [section] = await describeText(root.pem);
    assert.equal(section?.title, 'Authority');
    assert.equal(fact(section, 'Kind'), 'Authority (CA), for any name');
  });

  it('finds the issuer by its signature, wherever in the file it is', async () => {
    const [impostor, root] = [
      await issue({ name: 'Root', ca: true }),
      await issue({ name: 'Root', ca: true }),
    ];
    const leaf = await issue({ by: root });
    const sections = await describeText(impostor.pem + leaf.pem + root.pem);
    assert.equal(fact(sections[1], 'Signed by'), 'CN=Root (3 of 3)');
  });

  it('says what is wrong in plain words', async () => {
    const old = await issue({ from: -50, until: -20, algorithm: rsa(1024, 'SHA-1') });
    const root = await issue({ name: 'Root', ca: true });
    const [expired] = await describeText((await issue({ from: -90, until: 6.5 })).pem);
    assert.deepEqual(expired?.problems, ['It expires in 7 days.']);
    const [weak] = await describeText(old.pem);
    assert.match(weak?.problems.join('\n') ?? '', /^It expired on .*\nIts key has 1024 bits/);
    const [stray] = await describeText((await issue({ by: root })).pem);
    assert.equal(fact(stray, 'Signed by'), 'CN=Root (not in this file)');
    const [early] = await describeText(root.pem, new Date(NOW.getTime() - 10 * DAY));
    assert.match(early?.problems[0] ?? '', /^It is not valid before/);
  });

  it('says of a key what it is, and shows nothing of it', async () => {
    const leaf = await issue();
    const other = await issue({ algorithm: rsa(2048) });
    const encrypted = await encryptKey(leaf.key, 'secret');
    const [, own, closed, stranger] = await describeText(
      leaf.pem + leaf.keyPem + encrypted + other.keyPem,
    );
    assert.equal(own?.title, 'Private Key');
    assert.equal(fact(own, 'Kind'), 'ECDSA P-256');
    assert.match(fact(own, 'Protection') ?? '', /^Not encrypted/);
    assert.equal(fact(own, 'Belongs to'), 'Certificate 1');
    assert.deepEqual(closed?.facts, [['Protection', 'Encrypted with a passphrase']]);
    assert.equal(fact(stranger, 'Belongs to'), undefined);
    const shown = JSON.stringify([own, closed, stranger]);
    for (const line of (leaf.keyPem + encrypted + other.keyPem).split('\n')) {
      if (line.length > 20 && !line.startsWith('-')) assert.ok(!shown.includes(line.slice(0, 20)));
    }
  });

  it('reads DER and PKCS#7 too, and names what it has no facts of', async () => {
    const { certificate, pem } = await issue();
    const [der] = await describeText(certificate.raw);
    assert.equal(fact(der, 'SHA-256'), certificate.fingerprint256);
    const [utf16] = await describeText(Buffer.from(`\ufeff${pem}`, 'utf16le'));
    assert.equal(fact(utf16, 'SHA-256'), certificate.fingerprint256);
    const store = new x509.X509Certificates([new x509.X509Certificate(certificate.raw)]);
    const [pkcs7] = await describeText(x509.PemConverter.encode(store.export('raw'), 'PKCS7'));
    assert.equal(fact(pkcs7, 'SHA-256'), certificate.fingerprint256);
    const block = (label: string): string =>
      `-----BEGIN ${label}-----\nMAA=\n-----END ${label}-----\n`;
    const titles = (
      await describeText(
        block('CERTIFICATE REQUEST') + block('CERTIFICATE') + block('PKCS7') + block('PRIVATE KEY'),
      )
    ).map(({ title, problems }) => [title, ...problems]);
    assert.deepEqual(titles, [
      ['Certificate request'],
      ['Damaged', 'What says it is a certificate cannot be read.'],
      ['Damaged', 'What says it is a pkcs7 cannot be read.'],
      ['Private Key', 'It cannot be read.'],
    ]);
  });

  it('never fails, whatever is in the file', async () => {
    const { pem, keyPem, certificate } = await issue();
    const text = pem + keyPem;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length),
        fc.nat(40),
        fc.string({ unit: 'binary', maxLength: 5 }),
        async (at, length, garbage) => {
          const changed = text.slice(0, at) + garbage + text.slice(at + length);
          assert.ok((await describeText(changed)).length > 0);
        },
      ),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(certificate.raw.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Buffer.from(certificate.raw);
        changed[at] = byte;
        assert.equal((await describeText(changed)).length, 1);
      }),
      { numRuns: 200 },
    );
    for (const nothing of ['', 'no PEM', '-----BEGIN']) {
      const [section] = await describeText(nothing);
      assert.deepEqual(section?.problems, ['There is no certificate in this file.']);
    }
  });

  it('reads a file in which nothing ever ends as quickly as any other', async () => {
    const endless = '-----BEGIN CERTIFICATE-----\n'.repeat(100_000);
    const [section, ...more] = await describeText(endless);
    assert.match(section?.problems.join() ?? '', /CERTIFICATE of line 1 is cut off/);
    assert.equal(more.length, 0);
  });
});

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
