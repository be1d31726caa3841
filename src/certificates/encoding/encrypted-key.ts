import { createPrivateKey, getCiphers, type KeyObject } from 'node:crypto';
import { EncryptedData, EncryptedPrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { AsnConvert } from '@peculiar/asn1-schema';
import { decryptOld } from './encryption/old-ciphers.ts';
import { checkRounds, unsupportedEncryption, type CheckRounds } from './encryption/limits.ts';
import { decryptPbes2, encryptPbes2, ITERATIONS, PBES2 } from './encryption/pbes2.ts';
import { WrongPassphraseError } from './passphrase.ts';
import { readPrivateKey } from './private-key.ts';
import * as x509 from './x509.ts';

const TAG = 'ENCRYPTED PRIVATE KEY';

/** A private key as encrypted PKCS#8 in PEM, which OpenSSL, BoringSSL and Java open. */
export async function encryptKey(key: KeyObject, passphrase: string): Promise<string> {
  const plain = key.export({ type: 'pkcs8', format: 'der' });
  const { algorithm, data } = await encryptPbes2(plain, passphrase, ITERATIONS);
  const info = new EncryptedPrivateKeyInfo({
    encryptionAlgorithm: algorithm,
    encryptedData: new EncryptedData(data),
  });
  return `${x509.PemConverter.encode(AsnConvert.serialize(info), TAG)}\n`;
}

/**
 * Opens a key that has a passphrase: encrypted PKCS#8, or OpenSSL's old form (`Proc-Type`).
 *
 * @param pem one PEM block
 * @throws WrongPassphraseError; ExplainedError `unsupported-encryption`
 */
export async function openEncryptedKey(pem: string, passphrase: string): Promise<KeyObject> {
  if (pem.includes(`BEGIN ${TAG}`)) {
    return openPkcs8(parsePkcs8(x509.PemConverter.decodeFirst(pem)), passphrase);
  }
  const [, cipher = ''] = /^DEK-Info: ([^,\s]+)/m.exec(pem) ?? [];
  if (!getCiphers().includes(cipher.toLowerCase())) throw unsupportedEncryption(cipher);
  try {
    return createPrivateKey({ key: pem, passphrase: passphrase });
  } catch {
    throw new WrongPassphraseError();
  }
}

/** Encrypted PKCS#8 in DER, not yet decrypted. Throws for anything else. */
export function parsePkcs8(der: ArrayBuffer | Uint8Array): EncryptedPrivateKeyInfo {
  return AsnConvert.parse(der, EncryptedPrivateKeyInfo);
}

/**
 * Opens encrypted PKCS#8 without OpenSSL, because BoringSSL does not know scrypt there.
 *
 * @throws WrongPassphraseError; UnreadableError; ExplainedError `unsupported-encryption`
 */
export async function openPkcs8(
  encrypted: EncryptedPrivateKeyInfo,
  passphrase: string,
  check = checkRounds,
): Promise<KeyObject> {
  const key = await decrypt(encrypted, passphrase, check);
  const opened = readPrivateKey(key);
  // A wrong passphrase gives a correct padding once in 256 times.
  if (!opened) throw new WrongPassphraseError();
  return opened;
}

/**
 * Decrypts a key, or the certificates of a PKCS#12 file, which have the same form.
 *
 * @throws WrongPassphraseError, also for a damaged file, which looks the same; ExplainedError
 *   `unsupported-encryption`
 */
export async function decrypt(
  encrypted: EncryptedPrivateKeyInfo,
  passphrase: string,
  check: CheckRounds,
): Promise<Buffer> {
  const { algorithm, parameters } = encrypted.encryptionAlgorithm;
  if (algorithm !== PBES2 || !parameters) return decryptOld(encrypted, passphrase, check);
  const data = new Uint8Array(encrypted.encryptedData.buffer);
  return decryptPbes2(parameters, data, passphrase, check);
}
