import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { ExplainedError, isCancellation } from '../errors.ts';
import { readDer, readPkcs7 } from './der.ts';
import { openEncryptedKey } from './encrypted-key.ts';
import { isEncrypted } from './key-file.ts';
import type { AskPassPhrase } from './pass-phrase.ts';
import { createUnlock, type Unlock } from './unlock.ts';
import * as x509 from './x509.ts';

const BOUNDARY = /-----(BEGIN|END) ([A-Z\d ]+)-----/g;

/** A file as a person chose it. */
export interface BundleFile {
  readonly name: string;
  readonly content: Buffer;
}

export interface BundleKey {
  readonly key: KeyObject;
  /** What opened it, where it was closed. */
  readonly passPhrase?: string;
}

/** Certificates and keys, in the order in which they were found. */
export interface Bundle {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly BundleKey[];
}

/**
 * Reads every certificate and every private key out of files of any form: PEM with any number of
 * blocks, DER, PKCS#7, PKCS#8, PKCS#1, SEC 1, PKCS#12; what has a pass phrase too.
 *
 * @throws ExplainedError `file-not-understood`, `unsupported-encryption`; what `ask` throws
 */
export async function readBundle(
  files: readonly BundleFile[],
  ask: AskPassPhrase,
): Promise<Bundle> {
  const unlock = createUnlock(ask);
  const found: Bundle[] = [];
  for (const file of files) {
    try {
      const text = decodeText(file.content);
      found.push(
        text.includes('-----BEGIN ')
          ? await readPem(file.name, text, unlock)
          : await readDer(file, unlock),
      );
    } catch (error) {
      throw explainUnreadable(file.name, error);
    }
  }
  return joinBundles(found);
}

export function joinBundles(bundles: readonly Bundle[]): Bundle {
  return {
    certificates: bundles.flatMap(({ certificates }) => certificates),
    keys: bundles.flatMap(({ keys }) => keys),
  };
}

/** Only the blocks are told apart here; what is in one, Node.js or a library reads. */
async function readPem(file: string, text: string, unlock: Unlock): Promise<Bundle> {
  const blocks = findBlocks(text);
  if (blocks.length === 0) throw new Error('It ends in the middle of a PEM block');
  const found: Bundle[] = [];
  for (const block of blocks) found.push(await readBlock(block, file, unlock));
  return joinBundles(found);
}

/** A block of PEM, its two boundaries included. */
export interface Block {
  /** What stands after `BEGIN`. */
  readonly label: string;
  readonly block: string;
}

/**
 * The blocks of a PEM text, without the blanks that lines get in YAML and in mails, and that OpenSSL
 * stumbles over. Goes through it once, whatever begins in it and never ends.
 */
export function findBlocks(pasted: string): readonly Block[] {
  // No regular expression: one for the blanks at the end of a line looks at each again and again.
  const text = pasted
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
  const blocks: Block[] = [];
  let open: { readonly label: string; readonly start: number } | undefined;
  for (const { 0: line, 1: kind, 2: label = '', index } of text.matchAll(BOUNDARY)) {
    if (kind === 'BEGIN') open = { label, start: index };
    else if (open?.label === label) {
      blocks.push({ label, block: text.slice(open.start, index + line.length) });
      open = undefined;
    }
  }
  return blocks;
}

/** What a block is by its label; `ssh-key` is a private key of no use for TLS. */
export function classifyBlock({ label }: Block): 'certificates' | 'key' | 'ssh-key' | 'other' {
  if (/^((X509|TRUSTED) )?CERTIFICATE$/.test(label) || isStore(label)) return 'certificates';
  if (label === 'OPENSSH PRIVATE KEY') return 'ssh-key';
  return label.endsWith('PRIVATE KEY') ? 'key' : 'other';
}

/** The certificates of a block that is of them: one, or all those of a PKCS#7 file. */
export function readCertificateBlock({ label, block }: Block): readonly X509Certificate[] {
  return isStore(label)
    ? readPkcs7(x509.PemConverter.decodeFirst(block))
    : [new X509Certificate(block)];
}

function isStore(label: string): boolean {
  return label === 'PKCS7' || label === 'CMS';
}

async function readBlock(found: Block, file: string, unlock: Unlock): Promise<Bundle> {
  const kind = classifyBlock(found);
  if (kind === 'certificates') return { certificates: readCertificateBlock(found), keys: [] };
  if (kind === 'ssh-key') throw new Error('It is a key for SSH, not for TLS');
  if (kind === 'other') return { certificates: [], keys: [] };
  const { block } = found;
  if (isEncrypted(block)) {
    const { value, passPhrase } = await unlock(file, (phrase) => openEncryptedKey(block, phrase));
    return { certificates: [], keys: [{ key: value, passPhrase }] };
  }
  return { certificates: [], keys: [{ key: createPrivateKey(block) }] };
}

/** Windows PowerShell's `>` writes UTF-16. Bytes that are no text come out as no PEM. */
export function decodeText(content: Buffer): string {
  return content.toString(content[0] === 0xff && content[1] === 0xfe ? 'utf16le' : 'latin1');
}

function explainUnreadable(file: string, error: unknown): unknown {
  if (error instanceof ExplainedError || isCancellation(error)) return error;
  return new ExplainedError(
    {
      code: 'file-not-understood',
      what: `${file} is no certificate and no key that Chroma TLS can read.`,
      why: error instanceof Error ? `${error.message}.` : String(error),
      next: 'Choose a PEM, DER, PKCS#7 or PKCS#12 file.',
    },
    error,
  );
}
