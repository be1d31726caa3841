import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { Bundle, BundleFile } from '../../../../src/certificates/encoding/bundle.ts';
import { readBundle } from '../../../../src/certificates/encoding/read-bundle.ts';
import { encryptKey } from '../../../../src/certificates/encoding/encrypted-key.ts';
import type { PassphraseQuestion } from '../../../../src/certificates/encoding/passphrase.ts';
import { writeKeyStore } from '../../../../src/certificates/encoding/pkcs12/write.ts';
import * as x509 from '../../../../src/certificates/encoding/x509.ts';
import { cancellation } from '../../../../src/system/errors.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { issueChain, type Party } from '../pki-fixture.ts';
import { hasOpenssl, makeWorkspace } from '../workspace-fixture.ts';

describe('reading certificates and keys out of files', () => {
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

  const pkcs7 = (): string =>
    new x509.X509Certificates([middle.authority]).export('pem').replaceAll('CMS', 'PKCS7');

  it('finds all blocks of a PEM text, whatever stands around and between them', async () => {
    const text = `Bag Attributes\n  friendlyName: x\n${leaf.keyPem}\r\n# chain\n${root.pem}${leaf.pem}`;
    const bundle = await read(text, middle.pem.replaceAll('\n', '\r\n'));
    assert.deepEqual(count(bundle), [3, 1]);
    assert.ok(bundle.keys[0]?.key.equals(leaf.key));
    assert.deepEqual(count(await read(Buffer.from(`\ufeff${leaf.pem}`, 'utf16le'))), [1, 0]);
  });

  it('finds them with the blanks they get in YAML and in mails', async () => {
    const encrypted = await encryptKey(leaf.key, 'right one');
    for (const [before, after] of [
      ['    ', ''],
      ['', ' \t'],
      ['\t', '  \r'],
    ] as const) {
      const indent = (pem: string): string => pem.replaceAll(/^(?=.)/gm, before);
      const paste = (pem: string): string => indent(pem).replaceAll('\n', `${after}\n`);
      const bundle = await readBundle(
        [leaf.pem, leaf.keyPem, encrypted, pkcs7()].map((pem) => file(`key: |\n${paste(pem)}`)),
        () => Promise.resolve('right one'),
      );
      assert.deepEqual(count(bundle), [2, 2]);
    }
    assert.deepEqual(count(await read(`${leaf.pem}${' '.repeat(1_000_000)}x`)), [1, 0]);
  });

  it('opens what old programs encrypted, or names the cipher and what converts it', async function () {
    if (!hasOpenssl()) skipBecause(this, 'needs the openssl program');
    const fixture = await makeWorkspace();
    const { folder } = fixture;
    await mkdir(folder);
    await writeFile(join(folder, 'both.pem'), leaf.keyPem + leaf.pem);
    const ask = (): Promise<string> => Promise.resolve('right one');
    const readBack = async (name: string): Promise<Bundle> =>
      readBundle([file(await readFile(join(folder, name)), name)], ask);
    const phrase = ['-passout', 'pass:right one', '-in', 'both.pem', '-out'];
    const store = (key: string, certificates: string): readonly string[] => [
      ...['pkcs12', '-export', '-legacy', '-keypbe', key, '-certpbe', certificates],
    ];
    fixture.openssl(...store('PBE-SHA1-2DES', 'PBE-SHA1-RC2-128'), ...phrase, 'old.p12');
    assert.deepEqual(count(await readBack('old.p12')), [1, 1]);
    fixture.openssl(...store('PBE-SHA1-3DES', 'PBE-SHA1-RC4-128'), ...phrase, 'rc4.p12');
    const code = 'unsupported-encryption';
    await assert.rejects(readBack('rc4.p12'), { code, message: /RC4.* -legacy / });
    const legacy = ['-provider', 'legacy', '-provider', 'default'];
    fixture.openssl('pkcs8', '-topk8', '-v1', 'PBE-MD5-DES', ...legacy, ...phrase, 'des.pem');
    await assert.rejects(readBack('des.pem'), { code, message: /DES .*MD5.*pkcs8 -topk8/ });
  });

  it('goes once through a text whose blocks have no end', async () => {
    const text = '-----BEGIN CERTIFICATE-----\n-----BEGIN PKCS7-----\n'.repeat(20_000);
    for (const content of [text, text + leaf.pem]) {
      await assert.rejects(read(content), { code: 'file-not-understood', message: /cut off/ });
    }
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

  it('asks until a passphrase opens it, and once for files that share one', async () => {
    const answers = ['wrong', 'right one'];
    const asked: PassphraseQuestion[] = [];
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
    for (const { key, passphrase } of bundle.keys) {
      assert.ok(key.equals(leaf.key));
      assert.equal(passphrase, 'right one');
    }
  });

  it('passes on that a user gave up', async () => {
    const encrypted = file(await encryptKey(leaf.key, 'right one'));
    const giveUp = (): Promise<string> => Promise.reject(cancellation());
    await assert.rejects(readBundle([encrypted], giveUp), { name: 'AbortError' });
  });

  it('names the file that is of no use, and why where it can tell', async () => {
    for (const [content, why] of [
      ['', /unknown form/],
      ['hello', /unknown form/],
      [leaf.certificate.raw.subarray(0, 100), /unknown form/],
      [leaf.pem.slice(0, 200), /cut off/],
      [leaf.pem.replace(/MII/, '!!!'), /^/],
      [Buffer.from('feedfeed00000002', 'hex'), /JKS/],
      [leaf.keyPem.replaceAll('PRIVATE', 'OPENSSH PRIVATE'), /SSH/],
    ] as const) {
      await assert.rejects(readBundle([file(content, 'odd.pem')], nobody), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'file-not-understood');
        assert.match(error.message, /^odd\.pem is not a certificate/);
        assert.match(error.message, why);
        return true;
      });
    }
  });
});
