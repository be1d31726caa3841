import { WrongPassPhraseError, type AskPassPhrase } from './passphrase.ts';

/** Something that was closed, and what opened it. */
interface Unlocked<T> {
  readonly value: T;
  readonly passPhrase: string;
}

/**
 * Opens something closed, asking until a pass phrase does.
 *
 * @param open throws WrongPassPhraseError where one does not
 * @param first what to try before a person is asked
 */
export type Unlock = <T>(
  file: string,
  open: (passPhrase: string) => Promise<T>,
  first?: string,
) => Promise<Unlocked<T>>;

/** One for several files: what opened one of them is tried on the next before asking again. */
export function createUnlock(ask: AskPassPhrase): Unlock {
  const known: string[] = [];
  return async (file, open, first) => {
    for (const passPhrase of first === undefined ? known : [first, ...known]) {
      const unlocked = await attempt(open, passPhrase);
      if (unlocked) return unlocked;
    }
    for (let again = false; ; again = true) {
      const passPhrase = await ask({ file, again });
      const unlocked = await attempt(open, passPhrase);
      if (!unlocked) continue;
      known.push(passPhrase);
      return unlocked;
    }
  };
}

async function attempt<T>(
  open: (passPhrase: string) => Promise<T>,
  passPhrase: string,
): Promise<Unlocked<T> | undefined> {
  try {
    return { value: await open(passPhrase), passPhrase };
  } catch (error) {
    if (error instanceof WrongPassPhraseError) return undefined;
    throw error;
  }
}
