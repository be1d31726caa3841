import { WrongPassphraseError, type AskPassphrase } from './passphrase.ts';

/** Something that was closed, and what opened it. */
interface Unlocked<T> {
  readonly value: T;
  readonly passphrase: string;
}

/**
 * Opens something closed, asking until a passphrase does.
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
