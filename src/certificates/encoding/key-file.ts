import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ExplainedError, toProblem } from '../../system/errors.ts';
import { WrongPassphraseError } from './passphrase.ts';

/** What serverkey.pem holds. */
export type KeyReading =
  | { readonly kind: 'open'; readonly key: KeyObject; readonly encrypted: boolean }
  /** Its passphrase is not known, or is not the known one. */
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'damaged'; readonly message: string };

/** Something needs the key, and its passphrase is not known. */
export function explainLocked(why: string): ExplainedError {
  return new ExplainedError({
    code: 'key-locked',
    what: 'The private key is locked.',
    why,
    next: 'Enter its passphrase; in a terminal, set CHROMA_TLS_KEY_PASSPHRASE.',
    action: 'enterPassphrase',
  });
}

/** Something needs the key, and its file does not hold one. */
export function explainDamaged(what: string): ExplainedError {
  return new ExplainedError({
    code: 'corrupt',
    what,
    next: 'Put it back from a backup, or make a new certificate.',
    action: 'replaceBrokenPair',
  });
}

/** Whether a private key in PEM has a passphrase: PKCS#8's own form, or OpenSSL's old one. */
export function isEncrypted(pem: string | Buffer): boolean {
  return /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem.toString());
}

/**
 * Reads the text of serverkey.pem. Bad content never throws.
 *
 * @param passphrase only asked where the key has one
 */
export async function readKey(
  pem: string,
  passphrase: () => Promise<string | undefined>,
): Promise<KeyReading> {
  if (!isEncrypted(pem)) {
    try {
      return { kind: 'open', key: createPrivateKey(pem), encrypted: false };
    } catch {
      return { kind: 'damaged', message: await explainNoKey(pem) };
    }
  }
  const phrase = await passphrase();
  if (phrase === undefined) {
    return { kind: 'locked', message: 'serverkey.pem has a passphrase that is not known here.' };
  }
  try {
    // Loaded only now: few keys have a passphrase.
    const { openEncryptedKey } = await import('./encrypted-key.ts');
    return { kind: 'open', key: await openEncryptedKey(pem, phrase), encrypted: true };
  } catch (error) {
    if (error instanceof WrongPassphraseError) {
      return { kind: 'locked', message: 'The known passphrase does not open serverkey.pem.' };
    }
    const why = error instanceof ExplainedError ? error.message : 'It is damaged.';
    return { kind: 'damaged', message: `serverkey.pem cannot be opened. ${why}` };
  }
}

/** What serverkey.pem is instead of a key. Servers read fewer forms than an import does. */
async function explainNoKey(pem: string): Promise<string> {
  // Loaded only now: reading every form needs libraries that nothing else does.
  const { readBundle } = await import('./read-bundle.ts');
  const ask = (): Promise<never> => Promise.reject(new WrongPassphraseError());
  const content = Buffer.from(pem);
  const found = await readBundle([{ name: 'serverkey.pem', content }], ask).catch(toProblem);
  const no = 'serverkey.pem is not a private key';
  if ('code' in found) return `${no}. ${found.why ?? ''}`.trim();
  if (found.keys.length === 0) return [`${no}.`, ...(found.others ?? [])].join(' ');
  return `${no} in a form that servers read. Import it with its certificate, which writes it in the usual form.`;
}
