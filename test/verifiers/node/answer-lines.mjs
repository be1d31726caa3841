// The protocol's part for the verifiers that are written for Node.js.
import { createInterface } from 'node:readline';

/**
 * @typedef {{ ca: string, address: string, port: number, name: string }} Check
 */

/** @returns {Promise<Check[]>} everything asked on standard input */
export async function readChecks() {
  /** @type {Check[]} */
  const checks = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const [ca = '', address = '', port = '', name = ''] = line.split('\t');
    checks.push({ ca, address, port: Number(port), name });
  }
  return checks;
}

/**
 * Answers each line of standard input with one line.
 * @param {(check: Check) => Promise<void>} verify throws the reason
 */
export async function answerLines(verify) {
  for (const check of await readChecks()) console.log(await answer(verify(check)));
}

/** @param {Promise<void>} verdict */
export function answer(verdict) {
  return verdict.then(
    () => 'OK',
    (/** @type {Error} */ error) => error.message.trim().replaceAll('\n', ' '),
  );
}
