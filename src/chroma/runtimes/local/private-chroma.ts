import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { object, picklist, string, type InferOutput } from 'valibot';
import { readIfThere, isAccessible } from '../../../system/files/replace-file.ts';
import { readJson } from '../../../system/json.ts';
import { findPython, inspectPython, type Installation } from './installation.ts';
import { listPythons, runsWheels } from './python-interpreters.ts';

/**
 * Written last: a private Chroma without it was left half-way, by a cancelled install, say. It is empty
 * where the folder is a Python environment, and else says how the native module inside is run.
 */
const COMPLETE = '.complete';

const RECORD = object({
  version: string(),
  loader: picklist(['python', 'node']),
  program: string(),
  file: string(),
});

/** Marks a private Chroma as complete. */
export async function writeComplete(
  folder: string,
  { module, version }: Installation,
): Promise<void> {
  const record = module === undefined ? '' : `${JSON.stringify({ version, ...module })}\n`;
  await writeFile(join(folder, COMPLETE), record);
}

/** Removes a private Chroma; what says that it is whole goes first, so that nobody starts half of it. */
export async function removePrivate(folder: string): Promise<void> {
  await rm(join(folder, COMPLETE), { force: true });
  await rm(folder, { recursive: true, force: true });
}

/** When a private Chroma became complete; undefined where it did not, or lacks what it needs by now. */
export async function completedAt(folder: string): Promise<number | undefined> {
  const facts = await stat(join(folder, COMPLETE)).catch(() => undefined);
  const record = facts && (await readRecord(folder));
  // An environment without its Python, which an upgrade of the system's may remove, is of no use.
  const isWhole = record
    ? await isAccessible(record.file)
    : (await findPython(folder)) !== undefined;
  return isWhole ? facts?.mtimeMs : undefined;
}

/** Whether a private Chroma is a Python environment, as all were at first. */
export async function isEnvironment(folder: string): Promise<boolean> {
  return (await findPython(folder)) !== undefined;
}

/** The Chroma in a complete private folder; undefined where it is of no use, or no more. */
export async function inspectPrivate(folder: string): Promise<Installation | undefined> {
  if ((await completedAt(folder)) === undefined) return undefined;
  const record = await readRecord(folder);
  if (!record) {
    const python = await findPython(folder);
    return python === undefined ? undefined : inspectPython(python);
  }
  const { version, ...module } = record;
  const program = (await isAccessible(module.program))
    ? module.program
    : await findLoader(module.loader);
  if (program === undefined) return undefined;
  return { version, generation: 'rust', module: { ...module, program } };
}

async function readRecord(folder: string): Promise<InferOutput<typeof RECORD> | undefined> {
  return readJson(RECORD, (await readIfThere(join(folder, COMPLETE))) ?? '');
}

/** In place of one that was removed since: both modules run on any that is new enough. */
async function findLoader(loader: 'python' | 'node'): Promise<string | undefined> {
  if (loader === 'node') return process.execPath;
  for await (const { program, version } of listPythons()) {
    if (runsWheels(version)) return program;
  }
  return undefined;
}
