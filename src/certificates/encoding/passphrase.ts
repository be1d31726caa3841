/**
 * Who knows the passphrase of a workspace's key: an editor's secret storage, the environment, or
 * a user. Undefined where nobody does.
 */
export type KeyPassphrase = (workspace: string) => Promise<string | undefined>;

/**
 * The variable of the environment in which a passphrase is handed from one program to another:
 * never on a command line, which every user of the machine can read.
 */
export const PASSPHRASE_VARIABLE = 'CHROMA_TLS_KEY_PASSPHRASE';

/** What a passphrase shall open, for a user who is asked for it. */
export interface PassphraseQuestion {
  /** The name of the file. */
  readonly file: string;
  /** The last answer did not open it. */
  readonly again: boolean;
}

/** Asks a user. @throws AbortError when they have no answer */
export type AskPassphrase = (question: PassphraseQuestion) => Promise<string>;

/** A passphrase does not open what it should. Never shown: who asked asks again. */
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

/** The same for a PKCS#12 file: Java says "Password is not ASCII" to anything else. */
export function explainInvalidStorePassphrase(text: string): string | undefined {
  if (/[^ -~]/.test(text)) return 'Java takes ASCII characters only.';
  return explainInvalidPassphrase(text);
}

/** Why a text cannot be a new passphrase, as one types; undefined when it can. */
export function explainInvalidPassphrase(text: string): string | undefined {
  if (Array.from(text).length < SHORTEST) return `It needs ${SHORTEST} characters or more.`;
  if (Buffer.byteLength(text) > LONGEST) return 'It is too long for OpenSSL.';
  // A server is handed it in its environment or in a file of lines.
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

/** One for several files: what opened one of them is tried on the next before asking again. */
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
