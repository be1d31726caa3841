import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ExplainedError } from '../errors.ts';
import { WrongPassPhraseError } from './pass-phrase.ts';

/** What serverkey.pem turned out to be. */
export type KeyReading =
  | { readonly kind: 'open'; readonly key: KeyObject; readonly encrypted: boolean }
  /** It has a pass phrase that is not known, or another one than is known. */
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'damaged'; readonly message: string };

/** Something needs the key, and its pass phrase is not known. */
export function explainLocked(why: string): ExplainedError {
  return new ExplainedError({
    code: 'key-locked',
    what: 'The private key is locked.',
    why,
    next: 'Enter its pass phrase; in a terminal, set CHROMA_TLS_KEY_PASSPHRASE.',
    action: 'enterPassPhrase',
  });
}

/** Something needs the key, and its file is none. */
export function explainDamaged(what: string): ExplainedError {
  return new ExplainedError({
    code: 'corrupt',
    what,
    next: 'Put it back from a backup, or make a new certificate.',
    action: 'replaceBrokenPair',
  });
}

/** Whether a private key in PEM has a pass phrase: PKCS#8's own form, or OpenSSL's old one. */
export function isEncrypted(pem: string | Buffer): boolean {
  return /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem.toString());
}

/**
 * Reads the text of serverkey.pem. Bad content never throws.
 *
 * @param passPhrase is only asked where there is one
 */
export async function readKey(
  pem: string,
  passPhrase: () => Promise<string | undefined>,
): Promise<KeyReading> {
  if (!isEncrypted(pem)) {
    try {
      return { kind: 'open', key: createPrivateKey(pem), encrypted: false };
    } catch {
      return { kind: 'damaged', message: 'serverkey.pem is no private key.' };
    }
  }
  const phrase = await passPhrase();
  if (phrase === undefined) {
    return { kind: 'locked', message: 'serverkey.pem has a pass phrase that is not known here.' };
  }
  try {
    // Loaded only now: few keys have a pass phrase.
    const { openEncryptedKey } = await import('./encrypted-key.ts');
    return { kind: 'open', key: await openEncryptedKey(pem, phrase), encrypted: true };
  } catch (error) {
    if (error instanceof WrongPassPhraseError) {
      return { kind: 'locked', message: 'The known pass phrase does not open serverkey.pem.' };
    }
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'damaged', message: `serverkey.pem cannot be opened: ${why}` };
  }
}
