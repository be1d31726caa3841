import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, describe, it } from 'mocha';
import { checkRoundsInAll } from '../../../../../src/certificates/encoding/encryption/limits.ts';
import { WrongPassphraseError } from '../../../../../src/certificates/encoding/passphrase.ts';
import { parsePkcs12, readPkcs12 } from '../../../../../src/certificates/encoding/pkcs12/read.ts';
import {
  writeKeyStore,
  writeTrustStore,
} from '../../../../../src/certificates/encoding/pkcs12/write.ts';
import { issueChain, type Party } from '../../pki-fixture.ts';

const PHRASE = 'correct horse';
/** Where the passphrase is not what is looked at; the others have as many as people get. */
const FEW_ROUNDS = 1000;

describe('PKCS#12', () => {
  let root: Party;
  let middle: Party;
  let leaf: Party;
  before(async () => {
    ({ root, middle, leaf } = await issueChain());
  });

  const chain = (): Party['certificate'][] => [leaf, middle, root].map((one) => one.certificate);

  async function read(der: Buffer, phrase = PHRASE): ReturnType<typeof readPkcs12> {
    const store = parsePkcs12(der);
    assert.ok(store);
    return readPkcs12(store, phrase);
  }

  it('keeps a key and its chain, in their order', async () => {
    const der = await writeKeyStore({ alias: 'chroma', key: leaf.key, chain: chain() }, PHRASE);
    const { keys, certificates } = await read(der);
    assert.equal(keys.length, 1);
    assert.ok(keys[0]?.equals(leaf.key));
    assert.deepEqual(certificates.map(String), chain().map(String));
  });

  it('holds whatever kind of key', async () => {
    for (const key of [
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
      generateKeyPairSync('ed25519').privateKey,
    ]) {
      const der = await writeKeyStore({ alias: 'k', key, chain: chain() }, PHRASE, FEW_ROUNDS);
      assert.ok((await read(der)).keys[0]?.equals(key), key.asymmetricKeyType);
    }
  });

  it('shows nothing of key or certificates without the passphrase', async () => {
    const store = { alias: 'chroma', key: leaf.key, chain: chain() };
    const der = await writeKeyStore(store, PHRASE, FEW_ROUNDS);
    for (const phrase of ['', 'wrong', `${PHRASE} `]) {
      await assert.rejects(read(der, phrase), WrongPassphraseError);
    }
    for (const certificate of chain()) assert.equal(der.includes(certificate.raw), false);
  });

  it('sees any change of a byte of its content', async () => {
    const der = await writeTrustStore(
      { trusted: [{ alias: 'root', certificate: root.certificate }] },
      PHRASE,
    );
    for (let at = 60; at < der.length - 90; at += 97) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const store = parsePkcs12(changed);
      if (store) await assert.rejects(readPkcs12(store, PHRASE), `byte ${at}`);
    }
  });

  it('has the rounds of its seal and of all its parts counted together', async () => {
    const der = await writeKeyStore({ alias: 'chroma', key: leaf.key, chain: chain() }, PHRASE);
    const store = parsePkcs12(der);
    assert.ok(store);
    const counted: number[] = [];
    await readPkcs12(store, PHRASE, (rounds) => {
      counted.push(rounds);
      return rounds;
    });
    assert.deepEqual(counted, [100_000, 100_000, 100_000]);
    const check = checkRoundsInAll();
    for (let part = 0; part < 2; part += 1) assert.equal(check(5_000_000), 5_000_000);
    assert.throws(() => check(1), { code: 'unsupported-encryption' });
  });

  it('is not what other DER is', () => {
    assert.equal(parsePkcs12(leaf.certificate.raw), undefined);
    assert.equal(parsePkcs12(leaf.key.export({ type: 'pkcs8', format: 'der' })), undefined);
    assert.equal(parsePkcs12(Buffer.from('nonsense')), undefined);
  });
});
