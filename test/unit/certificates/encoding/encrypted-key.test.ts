import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { EncryptedPrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Integer, ObjectIdentifier, OctetString, Sequence, type BaseBlock } from 'asn1js';
import { describe, it } from 'mocha';
import {
  encryptKey,
  openEncryptedKey,
} from '../../../../src/certificates/encoding/encrypted-key.ts';
import { isEncrypted, readKey } from '../../../../src/certificates/encoding/key-file.ts';
import {
  explainInvalidPassphrase,
  WrongPassphraseError,
} from '../../../../src/certificates/encoding/passphrase.ts';
import * as x509 from '../../../../src/certificates/encoding/x509.ts';

const PHRASE = 'Schlüssel & "Bund" 1';

const KEYS: Readonly<Record<string, KeyObject>> = {
  'RSA-2048': generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  Ed25519: generateKeyPairSync('ed25519').privateKey,
};
const [, KEY = generateKeyPairSync('ed25519').privateKey] = Object.values(KEYS);

describe('a key with a passphrase', () => {
  for (const [name, key] of Object.entries(KEYS)) {
    it(`is opened by Node.js and by us: ${name}`, async () => {
      const pem = await encryptKey(key, PHRASE);
      assert.ok(isEncrypted(pem));
      assert.ok(createPrivateKey({ key: pem, passphrase: PHRASE }).equals(key));
      assert.ok((await openEncryptedKey(pem, PHRASE)).equals(key));
      await assert.rejects(openEncryptedKey(pem, 'another'), WrongPassphraseError);
    });
  }

  it('holds nothing of the unencrypted key, and never comes out the same twice', async () => {
    const open = KEY.export({ type: 'pkcs8', format: 'der' });
    const [one, other] = await Promise.all([encryptKey(KEY, PHRASE), encryptKey(KEY, PHRASE)]);
    const der = Buffer.from(x509.PemConverter.decodeFirst(one));
    assert.equal(der.includes(open.subarray(-32)), false);
    assert.notEqual(one, other);
  });

  it('is encrypted with 600,000 rounds of PBKDF2, and AES-256', async () => {
    const der = x509.PemConverter.decodeFirst(await encryptKey(KEY, PHRASE));
    const { encryptionAlgorithm } = AsnConvert.parse(der, EncryptedPrivateKeyInfo);
    const hex = Buffer.from(encryptionAlgorithm.parameters ?? new ArrayBuffer(0)).toString('hex');
    const rounds = '0203' + (600_000).toString(16).padStart(6, '0');
    const oids = ['2a864886f70d01050c', '2a864886f70d0209', '60864801650304012a'];
    for (const part of [rounds, ...oids]) assert.ok(hex.includes(part), part);
  });

  it('is read in the forms that others write', async () => {
    for (const cipher of ['aes-256-cbc', 'aes-128-cbc', 'des-ede3-cbc']) {
      const pem = KEY.export({ type: 'pkcs8', format: 'pem', cipher, passphrase: PHRASE });
      assert.ok((await openEncryptedKey(pem.toString(), PHRASE)).equals(KEY), cipher);
      const old = KEY.export({ type: 'sec1', format: 'pem', cipher, passphrase: PHRASE });
      assert.match(old.toString(), /Proc-Type: 4,ENCRYPTED/);
      assert.ok((await openEncryptedKey(old.toString(), PHRASE)).equals(KEY), cipher);
      await assert.rejects(openEncryptedKey(old.toString(), 'another'), WrongPassphraseError);
    }
  });

  it('says which encryption it does not know, or would have to work on for hours', async () => {
    const encrypted = await encryptKey(KEY, PHRASE);
    const change = (from: string, to: string): string => {
      const hex = Buffer.from(x509.PemConverter.decodeFirst(encrypted)).toString('hex');
      assert.ok(hex.includes(from));
      const changed = Buffer.from(hex.replace(from, to), 'hex');
      return x509.PemConverter.encode(changed, 'ENCRYPTED PRIVATE KEY');
    };
    const unknown = { code: 'unsupported-encryption' };
    await assert.rejects(openEncryptedKey(change('02030927c0', '02037fffff'), PHRASE), unknown);
    // An unknown cipher, an unknown digest, an unknown scheme.
    for (const oid of ['60864801650304012a', '2a864886f70d0209', '2a864886f70d01050d']) {
      const other = `${oid.slice(0, -2)}7e`;
      await assert.rejects(openEncryptedKey(change(oid, other), PHRASE), unknown);
    }
    for (const costs of [
      [2 ** 17, 8, 65_536],
      [2 ** 14, 8, 1e30],
      [2 ** 24, 8, 1],
    ]) {
      await assert.rejects(openEncryptedKey(encryptByScrypt(costs), PHRASE), unknown);
    }
    await assert.rejects(
      openEncryptedKey(encryptByScrypt([2 ** 14, 8, 1]), PHRASE),
      WrongPassphraseError,
    );
    const idea = KEY.export({
      type: 'sec1',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const strange = idea.toString().replace('AES-256-CBC', 'ROT13-CBC');
    await assert.rejects(openEncryptedKey(strange, 'x'), unknown);
  });
});

/** What an encrypted key with scrypt looks like; nothing is in it. @param costs N, r and p */
function encryptByScrypt(costs: readonly number[]): string {
  const oid = (value: string): ObjectIdentifier => new ObjectIdentifier({ value });
  const octets = (length: number): OctetString =>
    new OctetString({ valueHex: new ArrayBuffer(length) });
  const list = (...value: BaseBlock[]): Sequence => new Sequence({ value });
  const integers = costs.map((cost) => Integer.fromBigInt(BigInt(cost)));
  const der = list(
    list(
      oid('1.2.840.113549.1.5.13'),
      list(
        list(oid('1.3.6.1.4.1.11591.4.11'), list(octets(16), ...integers)),
        list(oid('2.16.840.1.101.3.4.1.42'), octets(16)),
      ),
    ),
    octets(32),
  );
  return x509.PemConverter.encode(der.toBER(), 'ENCRYPTED PRIVATE KEY');
}

describe('reading serverkey.pem', () => {
  it('asks for a passphrase only where there is one', async () => {
    const plain = KEY.export({ type: 'pkcs8', format: 'pem' }).toString();
    const fail = (): Promise<string> => Promise.reject(new Error('asked'));
    assert.equal((await readKey(plain, fail)).kind, 'open');
    assert.equal((await readKey('nonsense', fail)).kind, 'damaged');
    await assert.rejects(readKey(await encryptKey(KEY, PHRASE), fail), /asked/);
  });

  it('tells a key that is locked from one that is damaged', async () => {
    const pem = await encryptKey(KEY, PHRASE);
    const read = (text: string, phrase?: string): Promise<string> =>
      readKey(text, () => Promise.resolve(phrase)).then(({ kind }) => kind);
    assert.equal(await read(pem, PHRASE), 'open');
    assert.equal(await read(pem), 'locked');
    assert.equal(await read(pem, 'another'), 'locked');
    assert.equal(await read('-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n', PHRASE), 'damaged');
  });
});

describe('a new passphrase', () => {
  it('is long enough, and can be handed to every server', () => {
    for (const good of ['12345678', 'a b c d e', 'Schlüsselbund', '-p "$x" \\']) {
      assert.equal(explainInvalidPassphrase(good), undefined, good);
    }
    for (const bad of ['', '1234567', 'é'.repeat(501), 'line\nbreak', 'nul\0nul!', ' leading1']) {
      assert.notEqual(explainInvalidPassphrase(bad), undefined, JSON.stringify(bad));
    }
  });
});
