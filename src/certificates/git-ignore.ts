import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { readSmallFile, replaceFile, writeNewFile } from './files.ts';

/** What git is not to take, of a certificates folder. */
const PATTERNS = ['serverkey.pem', 'backup-*/', '.incoming-*/', '.*.tmp'] as const;

const FILE = `# Written by Chroma TLS. Private keys, and the backups that hold old ones, have no place in a
# repository. The certificates do no harm there, but serve only the machine that made them.
${PATTERNS.join('\n')}
`;

/**
 * Has git ignore the private keys of a certificates folder. A person's own `.gitignore` there gets
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
  // Git follows no link of this name, so there is nothing to be gained where one leads.
  if (!facts.isFile()) return;
  const content = await readSmallFile(file).catch(() => undefined);
  const more = content && missingLines(content.toString('latin1'));
  if (more)
    await replaceFile(file, Buffer.concat([content, Buffer.from(more)]), facts.mode & 0o777);
}

/** The lines to append to a `.gitignore`, with its own line ends; empty where it has them all. */
export function missingLines(text: string): string {
  // One that takes a pattern back is a person's own decision.
  const known = new Set(text.split(/\r?\n/).map((line) => line.trimEnd().replace(/^!?\/?/, '')));
  const missing = PATTERNS.filter((pattern) => !known.has(pattern));
  if (missing.length === 0) return '';
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = [
    '# The private keys of Chroma TLS',
    ...missing.map((pattern) => `/${pattern}`),
    '',
  ];
  return (text === '' || text.endsWith('\n') ? '' : end) + lines.join(end);
}
