import { dirname } from 'node:path';
import type { GenericSchema, InferOutput } from 'valibot';
import { readIfThere, replaceFile } from '../system/files/replace-file.ts';
import { readJson } from '../system/json.ts';
import { explainUnusable, makePrivateFolder } from './data-folder.ts';

/**
 * What a file of the user's data folder says; undefined where it is not there, or damaged.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function readRecord<S extends GenericSchema>(
  file: string,
  form: S,
): Promise<InferOutput<S> | undefined> {
  const text = await explainUnusable(() => readIfThere(file));
  return text === undefined ? undefined : readJson(form, text);
}

/**
 * Writes such a file, which only the user may read (0600); its own folder is made where it is missing.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function writeRecord(file: string, record: object): Promise<void> {
  await explainUnusable(async () => {
    await makePrivateFolder(dirname(file));
    await replaceFile(file, JSON.stringify(record), 0o600);
  });
}
