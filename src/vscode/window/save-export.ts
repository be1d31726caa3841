import { homedir } from 'node:os';
import { join } from 'node:path';
import { Uri, window } from 'vscode';
import { replaceFile } from '../../system/files/replace-file.ts';
import { cancellation, ExplainedError, sayWhy, systemCode } from '../../system/errors.ts';
import { isOfferedToGit } from '../../project/git.ts';
import { ask } from './plain-window.ts';

/** A file that leaves the workspace. */
export interface ExportFile {
  /** The name that is proposed. */
  readonly name: string;
  /** What a user calls such a file, and how its name ends. */
  readonly kind: string;
  readonly extensions: readonly string[];
  /** It holds a private key: only its owner may read it. */
  readonly secret: boolean;
}

const ANYWAY = 'Save Anyway';

/**
 * Asks where a file shall go. What is proposed is the home folder: the workspace is no place for it.
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
 * Writes it whole or not at all, whatever was there: the dialog has asked about that.
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
    'Save a private key where git would take it?',
    `${path} lies in a git work tree that does not ignore it. A key that was pushed once is everybody’s.`,
    ANYWAY,
  );
  if (answer !== ANYWAY) throw cancellation();
}
