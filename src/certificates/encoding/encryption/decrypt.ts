import type { EncryptedPrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { decryptLegacy } from './old-ciphers.ts';
import type { CheckRounds } from './limits.ts';
import { decryptPbes2, PBES2 } from './pbes2.ts';

/**
 * Opens what was encrypted under a passphrase, by today's means or yesterday's.
 *
 * @param encrypted a key, or the certificates of a PKCS#12 file, which have the same form
 * @throws WrongPassphraseError, which a damaged file cannot be told from; ExplainedError
 *   `unsupported-encryption`
 */
export async function decrypt(
  encrypted: EncryptedPrivateKeyInfo,
  passphrase: string,
  checkRounds: CheckRounds,
): Promise<Buffer> {
  const { algorithm, parameters } = encrypted.encryptionAlgorithm;
  if (algorithm !== PBES2 || !parameters) return decryptLegacy(encrypted, passphrase, checkRounds);
  const data = new Uint8Array(encrypted.encryptedData.buffer);
  return decryptPbes2(parameters, data, passphrase, checkRounds);
}
