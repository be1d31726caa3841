import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { readBundle, type Bundle, type BundleFile } from '../../../src/certificates/bundle.ts';
import { encryptKey } from '../../../src/certificates/encrypted-key.ts';
import type { PassPhraseQuestion } from '../../../src/certificates/pass-phrase.ts';
import { writeKeyStore } from '../../../src/certificates/pkcs12/write.ts';
import * as x509 from '../../../src/certificates/x509.ts';
import { cancellation } from '../../../src/errors.ts';
import { issueChain, type Party } from './pki-fixture.ts';

describe('reading certificates and keys out of files', function () {
  this.timeout(60_000);
  let root: Party;
  let middle: Party;
  let leaf: Party;
  before(async () => {
    ({ root, middle, leaf } = await issueChain());
  });

  const file = (content: string | Buffer, name = 'a.file'): BundleFile => ({
    name,
    content: Buffer.from(content),
  });
  const nobody = (): Promise<string> => Promise.reject(new Error('nobody was to be asked'));
  const read = (...contents: (string | Buffer)[]): Promise<Bundle> =>
    readBundle(
      contents.map((content) => file(content)),
      nobody,
    );
  const count = ({ certificates, keys }: Bundle): readonly number[] => [
    certificates.length,
    keys.length,
  ];

  it('finds all blocks of a PEM text, whatever stands around and between them', async () => {
    const text = `Bag Attributes\n  friendlyName: x\n${leaf.keyPem}\r\n# chain\n${root.pem}${leaf.pem}`;
    const bundle = await read(text, middle.pem.replaceAll('\n', '\r\n'));
    assert.deepEqual(count(bundle), [3, 1]);
    assert.ok(bundle.keys[0]?.key.equals(leaf.key));
    assert.deepEqual(count(await read(Buffer.from(`\ufeff${leaf.pem}`, 'utf16le'))), [1, 0]);
  });

  it('goes once through a text whose blocks have no end', async () => {
    const text = '-----BEGIN CERTIFICATE-----\n-----BEGIN PKCS7-----\n'.repeat(20_000);
    const began = performance.now();
    assert.deepEqual(count(await read(text + leaf.pem)), [1, 0]);
    await assert.rejects(read(text), { code: 'file-not-understood' });
    assert.ok(performance.now() - began < 2000);
  });

  it('takes DER for what it is, under any name', async () => {
    const { certificate, key } = leaf;
    assert.deepEqual(count(await read(certificate.raw)), [1, 0]);
    for (const type of ['pkcs8', 'sec1'] as const) {
      const bundle = await read(key.export({ type, format: 'der' }));
      assert.ok(bundle.keys[0]?.key.equals(key), type);
    }
  });

  it('reads the certificates of a PKCS#7 file, as PEM and as DER', async () => {
    const list = new x509.X509Certificates([leaf.authority, middle.authority]);
    assert.deepEqual(count(await read(Buffer.from(list.export('raw')))), [2, 0]);
    assert.deepEqual(count(await read(list.export('pem').replaceAll('CMS', 'PKCS7'))), [2, 0]);
  });

  it('asks until a pass phrase opens it, and once for files that share one', async () => {
    const answers = ['wrong', 'right one'];
    const asked: PassPhraseQuestion[] = [];
    const encrypted = await encryptKey(leaf.key, 'right one');
    const der = Buffer.from(x509.PemConverter.decodeFirst(encrypted));
    const store = await writeKeyStore(
      { alias: 'a', key: leaf.key, chain: [leaf.certificate] },
      'right one',
    );
    const bundle = await readBundle(
      [file(encrypted, 'key.pem'), file(der, 'key.der'), file(store, 'all.p12')],
      (question) => {
        asked.push(question);
        return Promise.resolve(answers.shift() ?? '');
      },
    );
    assert.deepEqual(asked, [
      { file: 'key.pem', again: false },
      { file: 'key.pem', again: true },
    ]);
    assert.deepEqual(count(bundle), [1, 3]);
    for (const { key, passPhrase } of bundle.keys) {
      assert.ok(key.equals(leaf.key));
      assert.equal(passPhrase, 'right one');
    }
  });

  it('passes on that a person gave up', async () => {
    const encrypted = file(await encryptKey(leaf.key, 'right one'));
    const giveUp = (): Promise<string> => Promise.reject(cancellation());
    await assert.rejects(readBundle([encrypted], giveUp), { name: 'AbortError' });
  });

  it('names the file that is of no use, and why where it can tell', async () => {
    for (const [content, why] of [
      ['', /unknown form/],
      ['hello', /unknown form/],
      [leaf.certificate.raw.subarray(0, 100), /unknown form/],
      [leaf.pem.slice(0, 200), /middle of a PEM block/],
      [leaf.pem.replace(/MII/, '!!!'), /^/],
      [Buffer.from('feedfeed00000002', 'hex'), /JKS/],
      [leaf.keyPem.replaceAll('PRIVATE', 'OPENSSH PRIVATE'), /SSH/],
    ] as const) {
      await assert.rejects(readBundle([file(content, 'odd.pem')], nobody), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'file-not-understood');
        assert.match(error.message, /^odd\.pem is no certificate/);
        assert.match(error.message, why);
        return true;
      });
    }
  });
});
