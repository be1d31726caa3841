import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { PASSPHRASE_VARIABLE, type KeyPassphrase } from '../certificates/encoding/passphrase.ts';
import type { Verb } from './arguments.ts';

/** What only looks never asks: a script, or a prompt in every shell, may call it. */
const MAY_ASK: ReadonlySet<Verb> = new Set<Verb>(['generate', 'restore', 'start']);

/**
 * The passphrase as a terminal knows it: from the environment, or from the user, asked once.
 * Never an option: what stands on a command line, every user of the machine can read. It is taken out
 * of the environment: no program that is run from here needs it but those that are handed it.
 */
export function findPassphrase(verb: Verb): KeyPassphrase {
  let asked: Promise<string | undefined> | undefined;
  const given = process.env[PASSPHRASE_VARIABLE];
  Reflect.deleteProperty(process.env, PASSPHRASE_VARIABLE);
  return () => {
    if (given !== undefined && given !== '') return Promise.resolve(given);
    const atTerminal = process.stdin.isTTY && process.stderr.isTTY;
    if (!MAY_ASK.has(verb) || !atTerminal) return Promise.resolve(undefined);
    asked ??= ask();
    return asked;
  };
}

/** Asks without showing what is typed. */
async function ask(): Promise<string | undefined> {
  process.stderr.write(`Passphrase of the key (or set ${PASSPHRASE_VARIABLE}): `);
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  const abort = new AbortController();
  // Ctrl+C at a prompt is no answer, and Ctrl+D neither.
  prompt.once('SIGINT', () => {
    abort.abort();
  });
  prompt.once('close', () => {
    abort.abort();
  });
  try {
    const answer = await prompt.question('', { signal: abort.signal });
    return answer === '' ? undefined : answer;
  } catch {
    return undefined;
  } finally {
    prompt.close();
    process.stderr.write('\n');
  }
}
