import { Writable } from 'node:stream';
import { explainLocked } from '../certificates/encoding/key-file.ts';
import {
  explainInvalidPassphrase,
  PASSPHRASE_VARIABLE,
  type AskPassphrase,
} from '../certificates/encoding/passphrase.ts';
import type { PassphraseStore } from '../workspace/context.ts';
import type { Verb } from './arguments.ts';
import { ExplainedError } from '../system/errors.ts';

/** What only looks never asks: a script, or a prompt in every shell, may call it. */
const MAY_ASK: ReadonlySet<Verb> = new Set<Verb>([
  'generate',
  'import',
  'export',
  'protect',
  'restore',
  'start',
  'renew',
  'request',
  'certbot',
  'aws',
]);

/** The variable of a passphrase that is to be set, where the key already has another one. */
const NEW_PASSPHRASE_VARIABLE = 'CHROMA_TLS_NEW_PASSPHRASE';

/** What a terminal knows: its store lasts until this process ends. */
export interface CliPassphrases extends PassphraseStore {
  /** What the environment says opens the key. */
  readonly given: string | undefined;
  /** What the environment says is to be set. */
  readonly next: string | undefined;
}

/**
 * The passphrase as a terminal knows it: from the environment, or from the user, asked once.
 * Never an option: what stands on a command line, every user of the machine can read. It is taken out
 * of the environment: no program that is run from here needs it but those that are handed it.
 */
export function readPassphrases(verb: Verb): CliPassphrases {
  let asked: Promise<string | undefined> | undefined;
  const given = takeVariable(PASSPHRASE_VARIABLE);
  let known = given;
  return {
    given,
    next: takeVariable(NEW_PASSPHRASE_VARIABLE),
    read: () => {
      if (known !== undefined) return Promise.resolve(known);
      if (!MAY_ASK.has(verb) || !isAtTerminal()) return Promise.resolve(undefined);
      asked ??= askHidden(`Passphrase of the key (or set ${PASSPHRASE_VARIABLE}): `);
      return asked;
    },
    keep: (_workspace, passphrase) => {
      known = passphrase;
      return Promise.resolve();
    },
    forget: () => {
      known = undefined;
      return Promise.resolve();
    },
  };
}

function takeVariable(name: string): string | undefined {
  const value = process.env[name];
  Reflect.deleteProperty(process.env, name);
  return value === '' ? undefined : value;
}

/**
 * Asks for the passphrase of a file: first what the environment says, then a user.
 *
 * @throws ExplainedError `key-locked` where there is nobody to ask
 */
export function askFilePassphrase(given: string | undefined): AskPassphrase {
  return async ({ file, again }) => {
    if (given !== undefined && !again) return given;
    const entered = isAtTerminal() ? await askHidden(`Passphrase of ${file}: `) : undefined;
    if (entered !== undefined) return entered;
    const why = given === undefined ? 'is not known here' : 'is another one than the one given';
    throw explainLocked(`The passphrase of ${file} ${why}.`);
  };
}

/**
 * A passphrase that is to be set: what the environment says, or a user, who types it twice.
 *
 * @param explain why a text cannot be it; undefined when it can
 * @throws ExplainedError `no-new-passphrase`
 */
export async function askNewPassphrase(
  given: string | undefined,
  explain: (text: string) => string | undefined = explainInvalidPassphrase,
): Promise<string> {
  const passphrase = given ?? (isAtTerminal() ? await askTwice() : undefined);
  const why = passphrase === undefined ? 'None was given.' : explain(passphrase);
  if (passphrase !== undefined && why === undefined) return passphrase;
  throw new ExplainedError({
    code: 'no-new-passphrase',
    what: 'There is no new passphrase to set.',
    ...(why === undefined ? {} : { why }),
    next: `Set ${NEW_PASSPHRASE_VARIABLE}, or enter it in a terminal.`,
  });
}

async function askTwice(): Promise<string | undefined> {
  const first = await askHidden('New passphrase: ');
  if (first === undefined || (await askHidden('The same again: ')) === first) return first;
  throw new ExplainedError({
    code: 'no-new-passphrase',
    what: 'The two passphrases are not the same.',
    next: 'Try again.',
  });
}

/** Whether there is a user to ask. */
function isAtTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks without showing what is typed; undefined for no answer. */
async function askHidden(prompt: string): Promise<string | undefined> {
  // Loaded only now, and before the user is asked: hardly a command needs it.
  const { createInterface } = await import('node:readline/promises');
  process.stderr.write(prompt);
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  const abort = new AbortController();
  // Ctrl+C and Ctrl+D at a prompt are not answers.
  terminal.once('SIGINT', () => {
    abort.abort();
  });
  terminal.once('close', () => {
    abort.abort();
  });
  try {
    const answer = await terminal.question('', { signal: abort.signal });
    return answer === '' ? undefined : answer;
  } catch {
    return undefined;
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
