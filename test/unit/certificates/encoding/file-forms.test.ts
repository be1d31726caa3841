import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { PrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { AsnConvert } from '@peculiar/asn1-schema';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import type { Bundle } from '../../../../src/certificates/encoding/bundle.ts';
import { readBundle } from '../../../../src/certificates/encoding/read-bundle.ts';
import { createRequest } from '../../../../src/certificates/issue/certificate-request.ts';
import { describePem } from '../../../../src/certificates/import/describe-pem.ts';
import { planImport } from '../../../../src/certificates/import/import-plan.ts';
import { writeKeyStore } from '../../../../src/certificates/encoding/pkcs12/write.ts';
import * as x509 from '../../../../src/certificates/encoding/x509.ts';
import { ExplainedError } from '../../../../src/system/errors.ts';
import { resolveNames } from '../../../../src/project/certificate-name.ts';
import { PBMAC1_PASSPHRASE, PBMAC1_SHA256, PBMAC1_SHA512 } from './pkcs12/pbmac1-files.ts';
import { issueChain, type Party } from '../pki-fixture.ts';

const PASSPHRASE = 'right one';
/** What is opened again and again in another form is to cost little. */
const FEW_ROUNDS = 1000;
/** What only a library or Node.js itself would say. */
const RAW = /error:|routines|asn1|DECODER|ERR_|BIO|unsupported$|\bat \w+ \(|undefined|NaN/;

describe('the forms that certificates and keys come in', () => {
  let root: Party;
  let middle: Party;
  let leaf: Party;
  /** A certificate, its authorities and its key. */
  let text: string;
  before(async () => {
    ({ root, middle, leaf } = await issueChain());
    text = leaf.pem + middle.pem + root.pem + leaf.keyPem;
  });

  const read = (content: string | Buffer, passphrase?: string): Promise<Bundle> =>
    readBundle([{ name: 'a.file', content: Buffer.from(content) }], () =>
      passphrase === undefined
        ? Promise.reject(new Error('nobody was to be asked'))
        : Promise.resolve(passphrase),
    );
  const armour = (der: Uint8Array, label: string): string =>
    `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;

  /** The key and its chain as one PKCS#12 file. */
  const writeStore = (): Promise<Buffer> => {
    const chain = [leaf.certificate, middle.certificate, root.certificate];
    return writeKeyStore({ alias: 'a', key: leaf.key, chain }, PASSPHRASE, FEW_ROUNDS);
  };

  async function assertReads(content: string | Buffer, form: string): Promise<void> {
    const { certificates, keys } = await read(content, PASSPHRASE);
    assert.deepEqual(certificates.map(String), [leaf.pem, middle.pem, root.pem], form);
    assert.equal(keys.length, 1, form);
    assert.ok(keys[0]?.key.equals(leaf.key), form);
  }

  async function assertNames(content: string | Buffer, words: RegExp): Promise<void> {
    await assert.rejects(read(content, PASSPHRASE), (error) => {
      assert.ok(error instanceof ExplainedError, String(error));
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, RAW);
      return error.code === 'file-not-understood';
    });
  }

  it('reads PEM, whatever JSON, an environment, a URL or a quotation made of its lines', async () => {
    const lines = text.trim().split('\n');
    const forms: Readonly<Record<string, string>> = {
      'line ends of Windows': text.replaceAll('\n', '\r\n'),
      'line ends of an old Mac': text.replaceAll('\n', '\r'),
      JSON: JSON.stringify({
        certificate: leaf.pem,
        chain: [middle.pem, root.pem],
        key: leaf.keyPem,
      }),
      'JSON in JSON': JSON.stringify(JSON.stringify(text)),
      'JSON of PHP': JSON.stringify(text).replaceAll('/', '\\/'),
      'JSON of .NET': JSON.stringify(text).replaceAll('+', '\\u002B').replaceAll('=', '\\u003d'),
      'an environment': `TLS="${lines.join('\\n')}"\n`,
      'an environment of Windows': `TLS="${lines.join('\\r\\n')}"\n`,
      'one line': lines.join(' '),
      'one line without blanks': lines.join(''),
      URL: encodeURIComponent(text),
      'form data': encodeURIComponent(text).replaceAll('%20', '+'),
      YAML: `key: |\n${lines.map((line) => `    ${line}`).join('\n')}`,
      'a quotation': lines.map((line) => `> ${line}`).join('\n'),
      'a program': lines.map((line) => `  "${line}\\n"`).join('\n'),
      'a list': JSON.stringify(lines, undefined, 2),
      'trailing blanks': lines.join('  \t\n'),
      'empty lines': lines.join('\n\n'),
      'bag attributes': text.replaceAll(
        '-----BEGIN',
        'Bag Attributes\n    friendlyName: x\nsubject=CN = y\nKey Attributes: <No Attributes>\n-----BEGIN',
      ),
      'a comment in the block': text.replaceAll(/(-----BEGIN .*-----)\n/g, '$1\nComment: mine\n\n'),
    };
    for (const [form, content] of Object.entries(forms)) await assertReads(content, form);
  });

  it('reads it in every encoding that Windows writes', async () => {
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    await assertReads(utf16, 'UTF-16');
    await assertReads(Buffer.from(utf16).swap16(), 'UTF-16, big end first');
    await assertReads(`\ufeff${text}`, 'UTF-8 with its mark');
    await assertReads(Buffer.from(`Zertifikat für Zürich\n${text}`, 'latin1'), 'Latin-1');
  });

  it('goes by what is in a block or a file, not by its label or its name', async () => {
    const store = await writeStore();
    const list = new x509.X509Certificates([leaf.authority, middle.authority, root.authority]);
    const pkcs7 = Buffer.from(list.export('raw'));
    const key = leaf.key.export({ type: 'sec1', format: 'der' });
    await assertReads(armour(store, 'CERTIFICATE'), 'certutil -encode of a .pfx');
    await assertReads(armour(store, 'PKCS12'), 'a .pfx in PEM');
    for (const label of ['CERTIFICATE', 'PKCS7', 'CMS', 'X509 CERTIFICATE']) {
      await assertReads(armour(pkcs7, label) + leaf.keyPem, label);
    }
    for (const label of ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY']) {
      await assertReads(leaf.pem + middle.pem + root.pem + armour(key, label), label);
    }
    const noted = Buffer.concat([
      leaf.certificate.raw,
      Buffer.from('300c300a06082b06010505070301', 'hex'),
    ]);
    const trusted = armour(noted, 'TRUSTED CERTIFICATE');
    await assertReads(
      trusted + middle.pem + root.pem + leaf.keyPem,
      'with what OpenSSL trusts it for',
    );
    await assertReads(Buffer.concat([store, Buffer.from('\r\n')]), 'a line break after DER');
  });

  it('takes no private key in DER for a public one', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const encoded = [
      [rsa, rsa.export({ type: 'pkcs1', format: 'der' })],
      [rsa, rsa.export({ type: 'pkcs8', format: 'der' })],
      [ec, ec.export({ type: 'sec1', format: 'der' })],
      [ec, ec.export({ type: 'pkcs8', format: 'der' })],
    ] as const;
    for (const [key, der] of encoded) assert.ok((await read(der)).keys[0]?.key.equals(key));
  });

  it('reads what is in Base64 without armour', async () => {
    const store = await writeStore();
    const encoded = store.toString('base64');
    await assertReads(encoded, 'a key vault');
    await assertReads(`${encoded}\n`, 'a line break at the end');
    await assertReads(encoded.replaceAll(/.{64}/g, '$&\r\n'), 'lines');
    await assertReads(store.toString('base64url'), 'for URLs');
    await assertReads(`"${encoded}"`, 'quoted');
    await assertReads(Buffer.from(`\ufeff${encoded}`, 'utf16le'), 'PowerShell');
    await assertReads(JSON.stringify({ value: encoded, version: 'a'.repeat(80) }), 'JSON');
    await assertReads(`data:application/x-pkcs12;base64,${encoded}`, 'a data URL');
    await assertReads(Buffer.from(text).toString('base64'), 'PEM in Base64');
    const value = (pem: string): string => Buffer.from(pem).toString('base64');
    await assertReads(
      `apiVersion: v1\ndata:\n  tls.crt: ${value(leaf.pem + middle.pem)}\n  ca.crt: ${value(root.pem)}\n  tls.key: ${value(leaf.keyPem)}\nkind: Secret\n`,
      'a secret of Kubernetes',
    );
    await assertReads(value(encoded), 'a key vault’s in a secret');
  });

  it('reads a key that has its public key beside it, as Java and Rust write Ed25519', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const plain = privateKey.export({ type: 'pkcs8', format: 'der' });
    const raw = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32);
    const withPublic = (bits: Buffer): Buffer => {
      // RFC 5958: version 1, and [1] with a bit string in place of attributes.
      const body = Buffer.concat([plain.subarray(2), Buffer.from([0x81, 33, 0]), bits]);
      body[2] = 1;
      return Buffer.concat([Buffer.from([0x30, body.length]), body]);
    };
    for (const content of [withPublic(raw), armour(withPublic(raw), 'PRIVATE KEY')]) {
      const { keys } = await read(content);
      assert.ok(keys[0]?.key.equals(privateKey));
    }
    await assertNames(withPublic(Buffer.alloc(32, 7)), /the public key of another/);
    const info = AsnConvert.parse(plain, PrivateKeyInfo);
    info.privateKeyAlgorithm.algorithm = '1.2.3.4';
    const strange = armour(new Uint8Array(AsnConvert.serialize(info)), 'PRIVATE KEY');
    await assertNames(strange, /unknown kind \(1\.2\.3\.4\)/);
  });

  it('opens PKCS#12 that is sealed by PBMAC1, and only with the right passphrase', async () => {
    for (const file of [PBMAC1_SHA256, PBMAC1_SHA512]) {
      const answers = ['wrong', PBMAC1_PASSPHRASE];
      const content = Buffer.from(file, 'base64');
      const { certificates, keys } = await readBundle([{ name: 'a.p12', content }], () =>
        Promise.resolve(answers.shift() ?? ''),
      );
      assert.deepEqual([certificates.length, keys.length, answers.length], [1, 1, 0]);
      assert.ok(keys[0] && certificates[0]?.checkPrivateKey(keys[0].key));
      // In the seal.
      const changed = Buffer.from(content);
      changed.writeUInt8(changed.readUInt8(changed.length - 30) ^ 1, changed.length - 30);
      const giveUp = [PBMAC1_PASSPHRASE];
      await assert.rejects(
        readBundle([{ name: 'a.p12', content: changed }], () =>
          giveUp.length > 0
            ? Promise.resolve(giveUp.pop() ?? '')
            : Promise.reject(new Error('gave up')),
        ),
      );
    }
  });

  it('opens a key of OpenSSL’s old form on one line', async () => {
    const old = createPrivateKey(leaf.keyPem)
      .export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: PASSPHRASE })
      .toString();
    const rest = leaf.pem + middle.pem + root.pem;
    await assertReads(old + rest, 'as it is written');
    await assertReads(old.trim().replaceAll('\n', ' ') + rest, 'one line');
    await assertReads(JSON.stringify(old + rest), 'JSON');
  });

  it('names the block that is cut off, though others are whole', async () => {
    await assertNames(
      text.replace('-----END PRIVATE KEY-----', '-----END PRIVATE KEY----'),
      /block PRIVATE KEY of line \d+ is cut off: it has no line "-----END PRIVATE KEY-----"/,
    );
    await assertNames(
      text.replace('-----BEGIN PRIVATE KEY-----', '----BEGIN PRIVATE KEY-----'),
      /block PRIVATE KEY that ends in line \d+ is cut off/,
    );
    await assertNames(text.slice(0, -60), /PRIVATE KEY .*cut off/);
    await assertNames(
      leaf.pem.replace('-----END CERTIFICATE-----\n', '') + middle.pem,
      /CERTIFICATE of line 1 is cut off/,
    );
    await assertNames(
      leaf.pem + middle.pem.replace(/\n[A-Za-z]/, '\n!'),
      /CERTIFICATE of line \d+ is damaged/,
    );
    const sections = await describePem(Buffer.from(text.slice(0, -60)), new Date());
    assert.match(sections.at(-1)?.problems.join('') ?? '', /PRIVATE KEY .*cut off/);
    assert.equal(sections.length, 4);
  });

  it('names what is of no use, and its cure', async () => {
    await assertNames(Buffer.from('feedfeed00000002', 'hex'), /JKS.*keytool/);
    await assertNames(Buffer.from('cececece00000002', 'hex'), /JCEKS.*keytool/);
    await assertNames(Buffer.from('1ef1b5b000000000', 'hex'), /PVK.*openssl rsa/);
    await assertNames(Buffer.from('504b030414000000', 'hex'), /archive.*Unpack/);
    await assertNames('PuTTY-User-Key-File-2: ssh-rsa\n', /PuTTY/);
    await assertNames(
      armour(Buffer.from('openssh-key-v1'), 'OPENSSH PRIVATE KEY'),
      /SSH.*ssh-keygen/,
    );
    await assertNames('<!DOCTYPE html><title>Log in</title>', /web page/);
    await assertNames(text.replaceAll('-----', '—–—'), /hyphens became dashes/);
    await assertNames(text.replaceAll('-----', '----'), /first line is damaged/);
    await assertNames('', /unknown form/);
    await assertNames('hello', /unknown form/);
    await assertNames('a'.repeat(200), /unknown form/);
    await assertNames(leaf.certificate.raw.subarray(0, 100), /unknown form/);
  });

  it('says what was chosen in place of what is missing', async () => {
    const request = await createRequest(leaf.key, resolveNames('localhost', []));
    const publicKey = createPublicKey(leaf.key);
    const context = { domain: 'localhost', ownKey: undefined };
    for (const content of [request, x509.PemConverter.decodeFirst(request)]) {
      const bundle = await read(Buffer.from(new Uint8Array(Buffer.from(content as ArrayBuffer))));
      await assert.rejects(planImport(bundle, context), {
        code: 'import-certificate-missing',
        message: /a\.file is a certificate request \(CSR\).*the certificate that you get back/,
      });
    }
    for (const content of [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAI me@here',
    ]) {
      const { others = [] } = await read(content);
      const bundle = { certificates: [leaf.certificate], keys: [], others };
      await assert.rejects(planImport(bundle, context), {
        code: 'import-key-missing',
        message: /a\.file is a public key\. .*private key/,
      });
    }
    assert.equal((await read(request + leaf.pem)).others, undefined);
  });

  for (const [what, content] of [
    ['backslashes', `-----BEGIN CERTIFICATE-----\n${'\\'.repeat(1_000_000)}`],
    ['pluses', `-----BEGIN+${'+'.repeat(1_000_000)}`],
    ['words that may begin a block', `ж${'BEGIN '.repeat(170_000)}`],
  ] as const) {
    it(`comes to an end with a file of ${what}`, async () => {
      await assert.rejects(read(content), { code: 'file-not-understood' });
      assert.ok((await describePem(Buffer.from(content), new Date())).length > 0);
    });
  }

  it('holds nothing else up while it reads many blocks', async () => {
    const block = '-----BEGIN A-----\nAAAA\n-----END A-----\n';
    await read(block);
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await read(block.repeat(20)).finally(() => {
      clearImmediate(next);
    });
    assert.ok(turns >= 20, String(turns));
  });

  it('never says what only a library would, whatever is in the file', async () => {
    const whole = Buffer.from(text);
    const contents = fc.oneof(
      fc
        .tuple(fc.nat(text.length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 5 }))
        .map(([at, length, garbage]) => text.slice(0, at) + garbage + text.slice(at + length)),
      fc
        .tuple(fc.constantFrom(leaf.certificate.raw, whole), fc.nat(2000), fc.nat(255))
        .map(([bytes, at, byte]) => {
          const changed = Buffer.from(bytes);
          changed[at % changed.length] = byte;
          return changed;
        }),
    );
    await fc.assert(
      fc.asyncProperty(contents, async (content) => {
        await read(content, PASSPHRASE).catch((error: unknown) => {
          assert.ok(error instanceof ExplainedError, String(error));
          assert.doesNotMatch(error.message, RAW);
        });
      }),
      { numRuns: 300 },
    );
  });
});
