import { lstat, readdir, readlink, realpath, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { explain, ExplainedError, sayWhy, systemCode } from '../../system/errors.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { readSmallFile, removeUnfinished } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { inspectCertificate } from '../inspect/inspect.ts';

/** The name of a folder in which a pair is made ready. One that is still there was interrupted. */
const STAGING = /^\.incoming-[\da-f]{12}$/;

/** A file that is about to be replaced, whole, so that it can be kept and put back. */
export interface ExistingFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  /** Where it leads, for a link; what is replaced then is the link. */
  readonly link?: string;
}

/**
 * Reads what lies in the certificates folder, whatever it is.
 *
 * @throws ExplainedError `outside-workspace` for a link that leads out of it or nowhere,
 *   `certs-not-readable`
 */
export async function readExistingFiles(
  workspace: string,
  folder: string,
): Promise<readonly ExistingFile[]> {
  await resolveInWorkspace(workspace, folder);
  const { certificate, key, ca } = certificateFiles(folder);
  const found: ExistingFile[] = [];
  for (const path of [certificate, key, ca]) {
    const file = await readExistingFile(workspace, path);
    if (file) found.push(file);
  }
  return found;
}

/**
 * Reads one file of the workspace that may be replaced; undefined where there is none.
 *
 * @throws ExplainedError as `readExisting` does
 */
export async function readExistingFile(
  workspace: string,
  path: string,
): Promise<ExistingFile | undefined> {
  const facts = await lstat(path).catch(isMissing);
  if (!facts) return undefined;
  if (facts.isSymbolicLink()) await checkLink(workspace, path);
  try {
    const [content, { mode }] = await Promise.all([readSmallFile(path), stat(path)]);
    const link = facts.isSymbolicLink() ? { link: await readlink(path) } : {};
    return { path, content, mode: mode & 0o777, ...link };
  } catch (error) {
    throw new ExplainedError(
      {
        code: 'certs-not-readable',
        what: `${path} cannot be read, so it cannot be backed up.`,
        why: explainReadError(error),
        next: 'Make the file yours (chown), or move it away, then try again.',
      },
      error,
    );
  }
}

/**
 * Refuses to go on over half a pair, a pair that does not match, or what is no pair at all. One
 * that our own interrupted run left is no riddle to a user, and passes.
 *
 * @throws ExplainedError `half-pair`, `mismatched-pair`, `corrupt`
 */
export async function refuseBroken(folder: string, domain: string): Promise<void> {
  const state = await inspectCertificate(folder, domain);
  const [problem] = state.kind === 'broken' ? state.problems : [];
  if (!problem || (await findInterrupted(folder)).length > 0) return;
  throw new ExplainedError({
    code: problem.code,
    what: `The certificate in ${basename(folder)} is not whole: ${problem.message}`,
    why: 'It may be yours, so it is not simply written over.',
    next: 'Put the missing part back, or back it up and make a new one.',
    action: 'replaceBrokenPair',
  });
}

/** Removes what an interrupted run left; call it under the lock, and once a whole pair is there. */
export async function removeInterrupted(folder: string): Promise<void> {
  for (const leftover of await findInterrupted(folder)) await rm(leftover, { recursive: true });
  await removeUnfinished(folder);
}

async function findInterrupted(folder: string): Promise<readonly string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(isMissing)) ?? [];
  return entries
    .filter((entry) => entry.isDirectory() && STAGING.test(entry.name))
    .map(({ name }) => join(folder, name));
}

async function checkLink(workspace: string, path: string): Promise<void> {
  try {
    await realpath(path);
  } catch (error) {
    throw new ExplainedError(
      {
        code: 'outside-workspace',
        what: `${path} is a link that leads nowhere.`,
        why: explainReadError(error),
        next: 'Remove the link, then try again.',
      },
      error,
    );
  }
  await resolveInWorkspace(workspace, path);
}

function explainReadError(error: unknown): string {
  if (error instanceof ExplainedError) return explain({ ...error.problem, next: '' });
  return sayWhy(error);
}

function isMissing(error: unknown): undefined {
  if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error;
}
