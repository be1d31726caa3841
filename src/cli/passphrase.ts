import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import type { PassphraseStore } from '../workspace/context.ts';
import type { Verb } from './arguments.ts';

/** What only looks never asks: a script, or a prompt in every shell, may call it. */
const MAY_ASK: ReadonlySet<Verb> = new Set<Verb>(['generate', 'restore', 'start']);

/**
 * The passphrase as a terminal knows it: from the environment, or from the user, asked once.
 * Never an option: what stands on a command line, every user of the machine can read. It is taken out
 * of the environment: no program that is run from here needs it but those that are handed it.
 * A new one is known until this process ends.
 */
export function readPassphrases(verb: Verb): PassphraseStore {
  let asked: Promise<string | undefined> | undefined;
  const given = process.env[PASSPHRASE_VARIABLE];
  Reflect.deleteProperty(process.env, PASSPHRASE_VARIABLE);
  let known = given === '' ? undefined : given;
  return {
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

/** Whether there is a user to ask. */
function isAtTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks without showing what is typed; undefined for no answer. */
async function askHidden(prompt: string): Promise<string | undefined> {
  process.stderr.write(prompt);
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  const abort = new AbortController();
  // Ctrl+C at a prompt is no answer, and Ctrl+D neither.
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
