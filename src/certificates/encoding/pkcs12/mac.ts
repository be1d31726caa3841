import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { MacData } from '@peculiar/asn1-pfx';
import { DigestInfo } from '@peculiar/asn1-rsa';
import { AsnConvert, AsnProp, AsnType, AsnTypeTypes, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { unsupportedEncryption, type CheckRounds } from '../encryption/limits.ts';
import { DIGESTS as HMACS, derivePbkdf2 } from '../encryption/pbes2.ts';
import { deriveKey, type Digest } from '../encryption/pkcs12-derivation.ts';

const SHA256 = '2.16.840.1.101.3.4.2.1';
/** The key is as long as the digest's value (RFC 7292 section 4). */
const DIGESTS: Readonly<
  Partial<Record<string, { readonly digest: Digest; readonly length: number }>>
> = {
  '1.3.14.3.2.26': { digest: 'sha1', length: 20 },
  [SHA256]: { digest: 'sha256', length: 32 },
  '2.16.840.1.101.3.4.2.2': { digest: 'sha384', length: 48 },
  '2.16.840.1.101.3.4.2.3': { digest: 'sha512', length: 64 },
};

/** RFC 8018 appendix A.5: a seal of which every part is named, which RFC 9879 brings to PKCS#12. */
const PBMAC1 = '1.2.840.113549.1.5.14';

@AsnType({ type: AsnTypeTypes.Sequence })
class Pbmac1Params {
  @AsnProp({ type: AlgorithmIdentifier })
  keyDerivationFunc = new AlgorithmIdentifier();
  @AsnProp({ type: AlgorithmIdentifier })
  messageAuthScheme = new AlgorithmIdentifier();
}

/** Seals the content of a PKCS#12 file with HMAC-SHA-256, so that no one can change it unseen. */
export async function sealContent(
  content: Uint8Array,
  passphrase: string,
  iterations: number,
): Promise<MacData> {
  const salt = randomBytes(16);
  const by = { digest: 'sha256', length: 32 } as const;
  const key = await deriveKey(passphrase, { purpose: 'mac', ...by, salt, rounds: iterations });
  return new MacData({
    mac: new DigestInfo({
      digestAlgorithm: new AlgorithmIdentifier({ algorithm: SHA256, parameters: null }),
      digest: new OctetString(createHmac('sha256', key).update(content).digest()),
    }),
    macSalt: new OctetString(salt),
    iterations,
  });
}

/**
 * Whether the seal of a PKCS#12 file holds under a passphrase.
 *
 * @param passphrase undefined for none at all, which is not the empty one
 * @throws ExplainedError `unsupported-encryption`
 */
export async function holdsSeal(
  { mac, macSalt, iterations }: MacData,
  content: Uint8Array,
  passphrase: string | undefined,
  checkRounds: CheckRounds,
): Promise<boolean> {
  const { algorithm } = mac.digestAlgorithm;
  const by = DIGESTS[algorithm];
  let expected: Buffer;
  if (algorithm === PBMAC1) {
    expected = await computePbmac1(mac.digestAlgorithm, content, passphrase, checkRounds);
  } else if (by) {
    const rounds = checkRounds(iterations);
    const salt = new Uint8Array(macSalt.buffer);
    const key = await deriveKey(passphrase, { purpose: 'mac', ...by, salt, rounds });
    expected = createHmac(by.digest, key).update(content).digest();
  } else throw unsupportedEncryption(algorithm);
  const given = new Uint8Array(mac.digest.buffer);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The salt and the rounds beside the seal count for nothing here; a passphrase is UTF-8. */
async function computePbmac1(
  { algorithm, parameters }: AlgorithmIdentifier,
  content: Uint8Array,
  passphrase: string | undefined,
  checkRounds: CheckRounds,
): Promise<Buffer> {
  if (!parameters) throw unsupportedEncryption(algorithm);
  const { keyDerivationFunc, messageAuthScheme } = AsnConvert.parse(parameters, Pbmac1Params);
  const digest = HMACS[messageAuthScheme.algorithm];
  if (digest === undefined) throw unsupportedEncryption(messageAuthScheme.algorithm);
  const key = await derivePbkdf2(keyDerivationFunc, passphrase ?? '', undefined, checkRounds);
  return createHmac(digest, key).update(content).digest();
}
