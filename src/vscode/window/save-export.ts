import { homedir } from 'node:os';
import { join } from 'node:path';
import { Uri, window } from 'vscode';
import { replaceFile } from '../../system/files/replace-file.ts';
import { cancellation, ExplainedError, sayWhy, systemCode } from '../../system/errors.ts';
import { isOfferedToGit } from '../../project/git.ts';
import { ask } from './plain-window.ts';

/** A file that leaves the workspace. */
export interface ExportFile {
  /** The proposed name. */
  readonly name: string;
  /** What a user calls such a file, and how its name ends. */
  readonly kind: string;
  readonly extensions: readonly string[];
  /** Whether it holds a private key, so that only its owner may read it. */
  readonly secret: boolean;
}

const ANYWAY = 'Save Anyway';

/**
 * Asks where to save a file. The home folder is proposed: the workspace is the wrong place for it.
 *
 * @returns its path. @throws AbortError when cancelled
 */
export async function chooseTarget({
  name,
  kind,
  extensions,
  secret,
}: ExportFile): Promise<string> {
  const target = await window.showSaveDialog({
    title: `Save ${kind}`,
    defaultUri: Uri.file(join(homedir(), name)),
    filters: { [kind]: [...extensions] },
  });
  if (!target) throw cancellation();
  if (secret && (await isOfferedToGit(target.fsPath))) await confirmTracked(target.fsPath);
  return target.fsPath;
}

/**
 * Writes a file whole or not at all. It replaces another one: the dialog has asked about that.
 *
 * @throws ExplainedError `export-not-written`
 */
export async function writeExport(
  path: string,
  content: string | Buffer,
  { secret }: Pick<ExportFile, 'secret'>,
): Promise<void> {
  try {
    await replaceFile(path, content, secret ? 0o600 : 0o644);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new ExplainedError(
      {
        code: 'export-not-written',
        what: `${path} could not be written.`,
        why: sayWhy(error),
        next: 'Choose another folder.',
      },
      error,
    );
  }
}

async function confirmTracked(path: string): Promise<void> {
  const answer = await ask(
    'Save a private key where git would commit it?',
    `${path} is in a git work tree that does not ignore it. Everyone who can read the repository could then read the key.`,
    ANYWAY,
  );
  if (answer !== ANYWAY) throw cancellation();
}
