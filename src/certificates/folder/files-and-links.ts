import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { certificateFiles } from '../../project/certificate-files.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { explain, ExplainedError, sayWhy, systemCode } from '../../system/errors.ts';
import { readSmallFile } from '../../system/files/replace-file.ts';

/** A file that is about to be replaced, whole, so that it can be kept and put back. */
export interface ExistingFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  /** Where a link leads. The link itself is replaced, not the file there. */
  readonly link?: string;
}

/**
 * Reads the certificate files of a folder, whatever is in them.
 *
 * @throws ExplainedError `outside-workspace` for a link that leads out of it or nowhere,
 *   `certs-not-readable`
 */
export async function readExistingFiles(
  workspace: string,
  folder: string,
): Promise<readonly ExistingFile[]> {
  await resolveInWorkspace(workspace, folder);
  const { certificate, key, ca, names } = certificateFiles(folder);
  const found = await Promise.all(
    [certificate, key, ca, names].map((path) => readExistingFile(workspace, path)),
  );
  return found.filter((file) => file !== undefined);
}

/**
 * Reads one file of the workspace that may be replaced; undefined where there is none.
 *
 * @throws ExplainedError as `readExistingFiles` does
 */
export async function readExistingFile(
  workspace: string,
  path: string,
): Promise<ExistingFile | undefined> {
  const facts = await lstat(path).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw error;
    return undefined;
  });
  if (!facts) return undefined;
  const isLink = facts.isSymbolicLink();
  if (isLink) await refuseLinkOutside(workspace, path);
  try {
    const target = isLink ? await stat(path) : facts;
    const content = await readSmallFile(path, target);
    const link = isLink ? { link: await readlink(path) } : {};
    return { path, content, mode: target.mode & 0o777, ...link };
  } catch (error) {
    throw new ExplainedError(
      {
        code: 'certs-not-readable',
        what: `${path} cannot be read, so it cannot be backed up.`,
        why: explainReadError(error),
        next: 'Make the file yours (chown) or move it away, then try again.',
      },
      error,
    );
  }
}

async function refuseLinkOutside(workspace: string, path: string): Promise<void> {
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
