import { setImmediate } from 'node:timers/promises';
import { joinBundles, type Bundle, type BundleFile } from './bundle.ts';
import { readDer } from './read-der.ts';
import { openEncryptedKey } from './encrypted-key.ts';
import {
  findForeignBytes,
  findForeignLabel,
  findForeignText,
  type ForeignForm,
} from './foreign-forms.ts';
import { type AskPassphrase, createUnlock, type Unlock } from './passphrase.ts';
import { describeCut, findBlocks, type Block } from './pem-blocks.ts';
import { decodeBase64Runs, decodeText, hasPem, isText } from './pasted-text.ts';
import { explainUnreadable, UnreadableError } from './unreadable.ts';

/** Base64 may hold Base64 again: a Kubernetes secret that holds one of a key vault. */
const DEEPEST = 2;

/**
 * Reads every certificate and every private key out of files of any form: PEM with any number of
 * blocks, DER, PKCS#7, PKCS#8, PKCS#1, SEC 1, PKCS#12, any of these in Base64, under any name and
 * label; what has a passphrase too.
 *
 * @throws ExplainedError `file-not-understood`, `unsupported-encryption`; what `ask` throws
 */
export async function readBundle(
  files: readonly BundleFile[],
  ask: AskPassphrase,
): Promise<Bundle> {
  const unlock = createUnlock(ask);
  const found: Bundle[] = [];
  for (const file of files) {
    try {
      found.push(await readFile(file, unlock));
    } catch (error) {
      throw explainUnreadable(file.name, error);
    }
  }
  return joinBundles(found);
}

async function readFile(file: BundleFile, unlock: Unlock): Promise<Bundle> {
  const bundle = await readAnyForm(file, unlock, 0);
  if (!bundle) throw new UnreadableError('It is damaged or of an unknown form.');
  // What lies beside a certificate or a key needs no explanation.
  if (bundle.certificates.length + bundle.keys.length === 0) return bundle;
  return { certificates: bundle.certificates, keys: bundle.keys };
}

/** @param depth how often it was unwrapped from Base64 already */
async function readAnyForm(
  { name, content }: BundleFile,
  unlock: Unlock,
  depth: number,
): Promise<Bundle | undefined> {
  const text = decodeText(content);
  if (hasPem(text)) return readPem(name, text, unlock);
  if (!isText(text)) {
    // Useful forms first: Node.js reads a private key as a public one too.
    const bundle = await readDer({ name, content }, unlock);
    const form = bundle ? undefined : findForeignBytes(content);
    return form ? passOver(name, form) : bundle;
  }
  const found: Bundle[] = [];
  for (const bytes of depth < DEEPEST ? decodeBase64Runs(text) : []) {
    const bundle = await readAnyForm({ name, content: bytes }, unlock, depth + 1);
    if (bundle) found.push(bundle);
  }
  if (found.length > 0) return joinBundles(found);
  const form = findForeignText(text);
  return form && passOver(name, form);
}

async function readPem(file: string, text: string, unlock: Unlock): Promise<Bundle> {
  const { blocks, cut } = findBlocks(text);
  const [first] = cut;
  if (first)
    throw new UnreadableError(describeCut(first), 'Choose the whole file, or copy it again.');
  const found: Bundle[] = [];
  for (const block of blocks) {
    // A long file must not block everything else.
    await setImmediate();
    found.push(await readBlock(block, file, unlock));
  }
  if (found.length > 0) return joinBundles(found);
  const form = findForeignText(text);
  if (form) return passOver(file, form);
  throw new UnreadableError('It has a line that begins a PEM block, and no block.');
}

/** What a block is by its label; its content may be something else. */
export function classifyBlock({ label }: Block): 'certificates' | 'key' | 'foreign' | 'other' {
  if (findForeignLabel(label)) return 'foreign';
  if (/^((X509|TRUSTED) )?CERTIFICATE$|^(PKCS7|CMS)$/.test(label)) return 'certificates';
  return label.endsWith('PRIVATE KEY') ? 'key' : 'other';
}

async function readBlock(found: Block, file: string, unlock: Unlock): Promise<Bundle> {
  const { label, line, pem, der, hasCipher } = found;
  const foreign = findForeignLabel(label);
  if (foreign) return passOver(file, foreign);
  if (hasCipher) {
    const { value, passphrase } = await unlock(file, (phrase) => openEncryptedKey(pem, phrase));
    return { certificates: [], keys: [{ key: value, passphrase }] };
  }
  const bundle = der && (await readDer({ name: file, content: der }, unlock));
  if (bundle) return bundle;
  const form = der && findForeignBytes(der);
  if (form) return passOver(file, form);
  if (classifyBlock(found) === 'other') {
    return note(`${file} holds a block ${label}, which is neither a certificate nor a key.`);
  }
  throw new UnreadableError(
    `Its block ${label} of line ${line} is damaged.`,
    'Choose the whole file, or copy it again.',
  );
}

function passOver(file: string, { what, cure, isHarmless }: ForeignForm): Bundle {
  if (!isHarmless) throw new UnreadableError(`It is ${what}.`, cure);
  return note(`${file} is ${what}. ${cure}`);
}

function note(other: string): Bundle {
  return { certificates: [], keys: [], others: [other] };
}
