import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { MacData } from '@peculiar/asn1-pfx';
import { DigestInfo } from '@peculiar/asn1-rsa';
import { OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { checkIterations, unsupportedEncryption } from '../encryption/limits.ts';

const SHA256 = '2.16.840.1.101.3.4.2.1';
const DIGESTS = {
  '1.3.14.3.2.26': { name: 'sha1', length: 20 },
  [SHA256]: { name: 'sha256', length: 32 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', length: 48 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', length: 64 },
} as const;
type Digest = (typeof DIGESTS)[keyof typeof DIGESTS];

/** What a key is derived for (RFC 7292 appendix B.3). */
const FOR_MAC = 3;

/** Seals the content of a PKCS#12 file with HMAC-SHA-256, so that no one can change it unseen. */
export async function sealContent(
  content: Uint8Array,
  passPhrase: string,
  iterations: number,
): Promise<MacData> {
  const salt = randomBytes(16);
  const key = await deriveKey(passPhrase, salt, iterations, DIGESTS[SHA256]);
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
 * Whether the seal of a PKCS#12 file holds under a pass phrase.
 *
 * @param passPhrase undefined for none at all, which is not the empty one
 * @throws ExplainedError `unsupported-encryption`
 */
export async function holdsSeal(
  { mac, macSalt, iterations }: MacData,
  content: Uint8Array,
  passPhrase: string | undefined,
): Promise<boolean> {
  const { algorithm } = mac.digestAlgorithm;
  const digest = new Map<string, Digest>(Object.entries(DIGESTS)).get(algorithm);
  if (!digest) throw unsupportedEncryption(algorithm);
  const rounds = checkIterations(iterations);
  const key = await deriveKey(passPhrase, Buffer.from(macSalt.buffer), rounds, digest);
  const expected = createHmac(digest.name, key).update(content).digest();
  const given = new Uint8Array(mac.digest.buffer);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The key derivation of PKCS#12 is nowhere in Node.js, so it comes from a library. */
async function deriveKey(
  passPhrase: string | undefined,
  salt: Buffer,
  iterations: number,
  { name, length }: Digest,
): Promise<Buffer> {
  const { default: forge } = await import('node-forge');
  const digest = name === 'sha384' ? forge.md.sha384.create() : forge.md[name].create();
  const key = forge.pkcs12.generateKey(
    passPhrase,
    forge.util.createBuffer(salt.toString('binary')),
    FOR_MAC,
    iterations,
    length,
    digest,
  );
  return Buffer.from(key.getBytes(), 'binary');
}
