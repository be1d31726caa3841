import { createDecipheriv } from 'node:crypto';
import {
  AsnConvert,
  AsnProp,
  AsnPropTypes,
  AsnType,
  AsnTypeTypes,
  OctetString,
} from '@peculiar/asn1-schema';
import {
  id_pbeWithSHAAnd128BitRC2_CBC,
  id_pbeWithSHAAnd2_KeyTripleDES_CBC,
  id_pbeWithSHAAnd3_KeyTripleDES_CBC,
  id_pbewithSHAAnd40BitRC2_CBC,
} from '@peculiar/asn1-pfx';
import type { EncryptedPrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { WrongPassphraseError } from '../passphrase.ts';
import { deriveKey } from './pkcs12-derivation.ts';
import { unsupportedEncryption, type CheckRounds } from './limits.ts';

/** What OpenSSL 1.1, Java 8 and Windows encrypt PKCS#12 with (RFC 7292 appendix C). */
const CIPHERS: Readonly<Partial<Record<string, Cipher>>> = {
  [id_pbeWithSHAAnd3_KeyTripleDES_CBC]: { keyLength: 24, decrypt: decryptTripleDes },
  [id_pbeWithSHAAnd2_KeyTripleDES_CBC]: { keyLength: 16, decrypt: decryptTripleDes },
  [id_pbewithSHAAnd40BitRC2_CBC]: { keyLength: 5, decrypt: decryptRc2 },
  [id_pbeWithSHAAnd128BitRC2_CBC]: { keyLength: 16, decrypt: decryptRc2 },
};
/** Bytes, of all. */
const IV_LENGTH = 8;

interface Cipher {
  /** Bytes. */
  readonly keyLength: number;
  /** Throws, or gives undefined, where the padding is wrong. */
  readonly decrypt: (data: Uint8Array, key: Buffer, iv: Buffer) => Promise<Buffer | undefined>;
}

@AsnType({ type: AsnTypeTypes.Sequence })
class Pkcs12PbeParams {
  @AsnProp({ type: OctetString })
  salt = new OctetString();
  @AsnProp({ type: AsnPropTypes.Integer })
  iterations = 1;
}

/**
 * Opens what an old program encrypted, a key or the certificates of a PKCS#12 file.
 *
 * @throws WrongPassphraseError; ExplainedError `unsupported-encryption`
 */
export async function decryptOld(
  { encryptionAlgorithm: { algorithm, parameters }, encryptedData }: EncryptedPrivateKeyInfo,
  passphrase: string,
  checkRounds: CheckRounds,
): Promise<Buffer> {
  const cipher = CIPHERS[algorithm];
  if (!cipher || !parameters) throw unsupportedEncryption(algorithm);
  const { salt: octets, iterations } = AsnConvert.parse(parameters, Pkcs12PbeParams);
  const by = {
    digest: 'sha1',
    salt: new Uint8Array(octets.buffer),
    rounds: checkRounds(iterations),
  } as const;
  const length = cipher.keyLength;
  const key = await deriveKey(passphrase, { purpose: 'encryption', ...by, length });
  const iv = await deriveKey(passphrase, { purpose: 'iv', ...by, length: IV_LENGTH });
  const data = new Uint8Array(encryptedData.buffer);
  const opened = await cipher.decrypt(data, key, iv).catch(() => undefined);
  if (!opened) throw new WrongPassphraseError();
  return opened;
}

async function decryptTripleDes(data: Uint8Array, key: Buffer, iv: Buffer): Promise<Buffer> {
  // Of two keys the first is also the third.
  const three = Buffer.concat([key, key], 24);
  const decipher = createDecipheriv('des-ede3-cbc', three, iv);
  return Promise.resolve(Buffer.concat([decipher.update(data), decipher.final()]));
}

/** Node.js has no RC2 any more, so a library does it. */
async function decryptRc2(data: Uint8Array, key: Buffer, iv: Buffer): Promise<Buffer | undefined> {
  const { default: forge } = await import('node-forge');
  const toBinary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('binary');
  const decipher = forge.rc2.createDecryptionCipher(toBinary(key), key.length * 8);
  decipher.start(toBinary(iv));
  decipher.update(forge.util.createBuffer(toBinary(data)));
  return decipher.finish() ? Buffer.from(decipher.output.getBytes(), 'binary') : undefined;
}
