import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../system/errors.ts';
import { readSmallFile, replaceFile, writeNewFile } from '../../system/files/replace-file.ts';
import { BACKUP_GLOB } from './backup-folder.ts';

/** What git ignores in a certificates folder. */
const PATTERNS = ['serverkey.pem', `${BACKUP_GLOB}/`, '.incoming-*/', '.*.tmp'] as const;

const FILE = `# Written by Chroma TLS. Private keys, and the backups that hold old ones, have no place in a
# repository. The certificates do no harm there, but serve only the machine that made them.
${PATTERNS.join('\n')}
`;

/** The pattern of an earlier version, which also hides a user's own `backup-photos/`. */
const FORMER =
  /^(# repository\. The certificates do no harm .*\r?\n|# The private keys of Chroma TLS\r?\n)(\/?serverkey\.pem\r?\n)?(\/?)backup-\*\/(?=\r?$)/m;

/**
 * Has git ignore the private keys of a certificates folder. A user's own `.gitignore` there gets
 * the lines that it lacks, and is otherwise left as it is.
 */
export async function hideFromGit(folder: string): Promise<void> {
  const file = join(folder, '.gitignore');
  try {
    await writeNewFile(file, FILE, 0o644);
    return;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  const facts = await lstat(file);
  // Git does not follow a link of this name.
  if (!facts.isFile()) return;
  const content = await readSmallFile(file).catch(() => undefined);
  if (!content) return;
  const text = content.toString('latin1');
  const complete = completeIgnore(text);
  if (complete !== text) {
    await replaceFile(file, Buffer.from(complete, 'latin1'), facts.mode & 0o777);
  }
}

/** The text of a `.gitignore` with the lines that it lacks, in its own line ends. Pure. */
export function completeIgnore(before: string): string {
  const text = before.replace(FORMER, `$1$2$3${BACKUP_GLOB}/`);
  // A line that takes a pattern back is the user's decision.
  const known = new Set(text.split(/\r?\n/).map((line) => line.trimEnd().replace(/^!?\/?/, '')));
  // A user's wider pattern covers ours.
  if (known.has('backup-*/')) known.add(`${BACKUP_GLOB}/`);
  const missing = PATTERNS.filter((pattern) => !known.has(pattern));
  if (missing.length === 0) return text;
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = [
    '# The private keys of Chroma TLS',
    ...missing.map((pattern) => `/${pattern}`),
    '',
  ];
  return text + (text === '' || text.endsWith('\n') ? '' : end) + lines.join(end);
}
