/**
 * Gets the passphrase of a workspace's key, from an editor's secret storage, the environment or a user;
 * undefined where nobody knows it.
 */
export type KeyPassphrase = (workspace: string) => Promise<string | undefined>;

/**
 * The variable of the environment in which a passphrase is handed from one program to another:
 * never on a command line, which every user of the machine can read.
 */
export const PASSPHRASE_VARIABLE = 'CHROMA_TLS_KEY_PASSPHRASE';

/** What a passphrase is asked for. */
export interface PassphraseQuestion {
  /** The name of the file. */
  readonly file: string;
  /** Whether the last answer was wrong. */
  readonly again: boolean;
}

/** Asks a user. @throws AbortError when they have no answer */
export type AskPassphrase = (question: PassphraseQuestion) => Promise<string>;

/** The passphrase is wrong. Never shown: the caller asks again. */
export class WrongPassphraseError extends Error {
  constructor() {
    super('The passphrase does not open it.');
    this.name = 'WrongPassphraseError';
  }
}

/** Fewest characters (NIST SP 800-63B section 5.1.1.2); keytool wants six. */
const SHORTEST = 8;
/** OpenSSL's own prompt, which nginx and uvicorn sit on, takes 1024 bytes. */
const LONGEST = 1000;

/** Why a text cannot be the new passphrase of a PKCS#12 file; undefined when it can. Java takes ASCII only. */
export function explainInvalidStorePassphrase(text: string): string | undefined {
  if (/[^ -~]/.test(text)) return 'Java takes ASCII characters only.';
  return explainInvalidPassphrase(text);
}

/** Why a text cannot be a new passphrase; undefined when it can. */
export function explainInvalidPassphrase(text: string): string | undefined {
  if (Array.from(text).length < SHORTEST) return `It needs ${SHORTEST} characters or more.`;
  if (Buffer.byteLength(text) > LONGEST) return 'It is too long for OpenSSL.';
  // A server gets it in its environment or as a line of a file.
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return 'It has a line break or a control character.';
  if (text !== text.trim()) return 'It starts or ends with a space.';
  return undefined;
}

/** What was encrypted, and its passphrase. */
interface Unlocked<T> {
  readonly value: T;
  readonly passphrase: string;
}

/**
 * Opens something encrypted, asking until a passphrase is right.
 *
 * @param open throws WrongPassphraseError where one does not
 * @param first what to try before a user is asked
 */
export type Unlock = <T>(
  file: string,
  open: (passphrase: string) => Promise<T>,
  first?: string,
) => Promise<Unlocked<T>>;

/** Opens several files: the passphrase of one is tried on the next before a user is asked again. */
export function createUnlock(ask: AskPassphrase): Unlock {
  const known: string[] = [];
  return async (file, open, first) => {
    for (const passphrase of first === undefined ? known : [first, ...known]) {
      const unlocked = await attempt(open, passphrase);
      if (unlocked) return unlocked;
    }
    for (let again = false; ; again = true) {
      const passphrase = await ask({ file, again });
      const unlocked = await attempt(open, passphrase);
      if (!unlocked) continue;
      known.push(passphrase);
      return unlocked;
    }
  };
}

async function attempt<T>(
  open: (passphrase: string) => Promise<T>,
  passphrase: string,
): Promise<Unlocked<T> | undefined> {
  try {
    return { value: await open(passphrase), passphrase };
  } catch (error) {
    if (error instanceof WrongPassphraseError) return undefined;
    throw error;
  }
}
