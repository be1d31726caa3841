import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * Holds a document that a test run writes against the one in the repository. One that is out of
 * date is written anew, so that the change can be read and committed, and fails the test.
 *
 * @param file relative to the repository, such as `docs/verifiers.md`
 */
export async function assertDocument(file: string, text: string): Promise<void> {
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed === text) return;
  await writeFile(file, text);
  assert.fail(`${file} was out of date. It is written anew: look at the change, then commit it.`);
}
