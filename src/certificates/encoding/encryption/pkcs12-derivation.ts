import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** The digests a key is derived with: the bytes of their value, and of the block they work on. */
const SIZES = {
  sha1: { length: 20, block: 64 },
  sha256: { length: 32, block: 64 },
  sha384: { length: 48, block: 128 },
  sha512: { length: 64, block: 128 },
} as const;
export type Digest = keyof typeof SIZES;

/** What a key is derived for (RFC 7292 appendix B.3). */
const PURPOSES = { encryption: 1, iv: 2, mac: 3 } as const;

/** A few milliseconds' worth. */
const ROUNDS_AT_A_TIME = 2000;

export interface Derivation {
  readonly purpose: keyof typeof PURPOSES;
  readonly digest: Digest;
  readonly salt: Uint8Array;
  readonly rounds: number;
  /** Bytes. */
  readonly length: number;
}

/**
 * The key derivation of PKCS#12 (RFC 7292 appendix B.2). Node.js has none, and the libraries' hold
 * up everything else for as long as a file wants; this one lets others have their turn.
 *
 * @param passphrase undefined for none at all, which is not the empty one
 */
export async function deriveKey(
  passphrase: string | undefined,
  { purpose, digest, salt, rounds, length }: Derivation,
): Promise<Buffer> {
  const { block, length: size } = SIZES[digest];
  const diversifier = Buffer.alloc(block, PURPOSES[purpose]);
  let input: Buffer = Buffer.concat([
    fillBlocks(salt, block),
    fillBlocks(encode(passphrase), block),
  ]);
  const made: Buffer[] = [];
  while (made.length * size < length) {
    let hash = createHash(digest).update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round += 1) {
      hash = createHash(digest).update(hash).digest();
      if (round % ROUNDS_AT_A_TIME === 0) await setImmediate();
    }
    made.push(hash);
    input = addToBlocks(input, fillBlocks(hash, block));
  }
  return Buffer.concat(made).subarray(0, length);
}

/** A BMPString, its closing zero included (appendix B.1). */
function encode(passphrase: string | undefined): Buffer {
  return Buffer.from(passphrase === undefined ? '' : `${passphrase}\0`, 'utf16le').swap16();
}

/** Repeats bytes until they fill whole blocks; none fill none. */
function fillBlocks(bytes: Uint8Array, block: number): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
}

/** Every block, a number, becomes itself plus the addend plus one, as far as it holds that. */
function addToBlocks(blocks: Buffer, addend: Buffer): Buffer {
  const sums: Buffer[] = [];
  for (let at = 0; at < blocks.length; at += addend.length) {
    const sum = toNumber(blocks.subarray(at, at + addend.length)) + toNumber(addend) + 1n;
    const hex = BigInt.asUintN(addend.length * 8, sum).toString(16);
    sums.push(Buffer.from(hex.padStart(addend.length * 2, '0'), 'hex'));
  }
  return Buffer.concat(sums);
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}
