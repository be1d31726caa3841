import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  scrypt,
  type BinaryLike,
} from 'node:crypto';
import { promisify } from 'node:util';
import {
  AsnConvert,
  AsnProp,
  AsnPropTypes,
  AsnType,
  AsnTypeTypes,
  OctetString,
} from '@peculiar/asn1-schema';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { WrongPassphraseError } from '../passphrase.ts';
import { unsupportedEncryption, type CheckRounds } from './limits.ts';

/** Password-based encryption, RFC 8018 section 6.2. */
export const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
/** RFC 7914 section 7. */
const SCRYPT = '1.3.6.1.4.1.11591.4.11';
const AES_256_CBC = '2.16.840.1.101.3.4.1.42';
const HMAC_SHA256 = '1.2.840.113549.2.9';

/** HMACs by their identifiers, RFC 8018 appendix B.1. */
export const DIGESTS: Readonly<Partial<Record<string, string>>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  [HMAC_SHA256]: 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const CIPHERS: Readonly<
  Partial<Record<string, { readonly name: string; readonly keyLength: number }>>
> = {
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyLength: 24 },
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyLength: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyLength: 24 },
  [AES_256_CBC]: { name: 'aes-256-cbc', keyLength: 32 },
};

/**
 * Rounds for a key (OWASP's figure for PBKDF2 with SHA-256, and the most that Windows reads).
 * Not scrypt: BoringSSL, so Envoy and desktop VS Code, opens no key that is encrypted with it.
 */
export const ITERATIONS = 600_000;
/** Bytes; OpenSSL's default needs 16 MiB. */
const SCRYPT_MEMORY = 256 * 1024 * 1024;

@AsnType({ type: AsnTypeTypes.Sequence })
class Pbkdf2Params {
  @AsnProp({ type: OctetString })
  salt = new OctetString();
  @AsnProp({ type: AsnPropTypes.Integer })
  iterationCount = 1;
  @AsnProp({ type: AsnPropTypes.Integer, optional: true })
  keyLength?: number;
  @AsnProp({ type: AlgorithmIdentifier, optional: true })
  prf?: AlgorithmIdentifier;
}

@AsnType({ type: AsnTypeTypes.Sequence })
class ScryptParams {
  @AsnProp({ type: OctetString })
  salt = new OctetString();
  @AsnProp({ type: AsnPropTypes.Integer })
  costParameter = 1;
  @AsnProp({ type: AsnPropTypes.Integer })
  blockSize = 1;
  @AsnProp({ type: AsnPropTypes.Integer })
  parallelizationParameter = 1;
  @AsnProp({ type: AsnPropTypes.Integer, optional: true })
  keyLength?: number;
}

@AsnType({ type: AsnTypeTypes.Sequence })
class Pbes2Params {
  @AsnProp({ type: AlgorithmIdentifier })
  keyDerivationFunc = new AlgorithmIdentifier();
  @AsnProp({ type: AlgorithmIdentifier })
  encryptionScheme = new AlgorithmIdentifier();
}

/** What came out of an encryption, and how it was done. */
export interface Encrypted {
  readonly algorithm: AlgorithmIdentifier;
  readonly data: Buffer;
}

/** Encrypts with AES-256-CBC under a key of PBKDF2 with HMAC-SHA-256. */
export async function encryptPbes2(
  plain: Uint8Array,
  passphrase: string,
  iterations: number,
): Promise<Encrypted> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const key = await promisify(pbkdf2)(passphrase, salt, iterations, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const kdf = Object.assign(new Pbkdf2Params(), {
    salt: new OctetString(salt),
    iterationCount: iterations,
    prf: new AlgorithmIdentifier({ algorithm: HMAC_SHA256, parameters: null }),
  });
  const scheme = Object.assign(new Pbes2Params(), {
    keyDerivationFunc: algorithmOf(PBKDF2, kdf),
    encryptionScheme: algorithmOf(AES_256_CBC, new OctetString(iv)),
  });
  return {
    algorithm: algorithmOf(PBES2, scheme),
    data: Buffer.concat([cipher.update(plain), cipher.final()]),
  };
}

/**
 * Opens what was encrypted by PBES2, with the digests and ciphers that OpenSSL and Java use.
 *
 * @throws WrongPassphraseError, which a damaged file cannot be told from; ExplainedError
 *   `unsupported-encryption`
 */
export async function decryptPbes2(
  parameters: ArrayBuffer,
  data: Uint8Array,
  passphrase: string,
  checkRounds: CheckRounds,
): Promise<Buffer> {
  const { keyDerivationFunc, encryptionScheme } = AsnConvert.parse(parameters, Pbes2Params);
  const cipher = CIPHERS[encryptionScheme.algorithm];
  if (!cipher || !encryptionScheme.parameters) {
    throw unsupportedEncryption(encryptionScheme.algorithm);
  }
  const iv = AsnConvert.parse(encryptionScheme.parameters, OctetString).buffer;
  const key = await deriveKey(keyDerivationFunc, passphrase, cipher.keyLength, checkRounds);
  const decipher = createDecipheriv(cipher.name, key, new Uint8Array(iv));
  const opened = decipher.update(data);
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    throw new WrongPassphraseError();
  }
}

async function deriveKey(
  { algorithm, parameters }: AlgorithmIdentifier,
  passphrase: BinaryLike,
  keyLength: number,
  checkRounds: CheckRounds,
): Promise<Buffer> {
  if (!parameters) throw unsupportedEncryption(algorithm);
  if (algorithm === SCRYPT) {
    const { salt, costParameter, blockSize, parallelizationParameter } = AsnConvert.parse(
      parameters,
      ScryptParams,
    );
    checkRounds(costParameter * blockSize * parallelizationParameter);
    return scryptKey(passphrase, new Uint8Array(salt.buffer), keyLength, {
      N: costParameter,
      r: blockSize,
      p: parallelizationParameter,
    });
  }
  return derivePbkdf2({ algorithm, parameters }, passphrase, keyLength, checkRounds);
}

/**
 * A key by PBKDF2 (RFC 8018 section 5.2), as its parameters say.
 *
 * @param keyLength bytes; undefined for what the parameters say
 * @throws ExplainedError `unsupported-encryption`, for another function too, and for no length at all
 */
export async function derivePbkdf2(
  { algorithm, parameters }: Pick<AlgorithmIdentifier, 'algorithm' | 'parameters'>,
  passphrase: BinaryLike,
  keyLength: number | undefined,
  checkRounds: CheckRounds,
): Promise<Buffer> {
  if (algorithm !== PBKDF2 || !parameters) throw unsupportedEncryption(algorithm);
  const { salt, iterationCount, prf, ...said } = AsnConvert.parse(parameters, Pbkdf2Params);
  const digest = prf ? DIGESTS[prf.algorithm] : 'sha1';
  if (digest === undefined) throw unsupportedEncryption(prf?.algorithm ?? algorithm);
  const length = keyLength ?? said.keyLength;
  if (length === undefined) throw unsupportedEncryption('PBKDF2 without the length of its key');
  const rounds = checkRounds(iterationCount);
  return promisify(pbkdf2)(passphrase, new Uint8Array(salt.buffer), rounds, length, digest);
}

async function scryptKey(
  passphrase: BinaryLike,
  salt: Uint8Array,
  keyLength: number,
  cost: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    try {
      scrypt(passphrase, salt, keyLength, { ...cost, maxmem: SCRYPT_MEMORY }, (error, key) => {
        if (error) reject(error);
        else resolve(key);
      });
    } catch {
      // Thrown at once for what needs more memory than that.
      reject(unsupportedEncryption(`scrypt with N=${cost.N}, r=${cost.r}, p=${cost.p}`));
    }
  });
}

function algorithmOf(algorithm: string, parameters: object): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithm, parameters: AsnConvert.serialize(parameters) });
}
