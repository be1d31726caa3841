import { lstatSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { compiledFolder, dataFolder } from '../../project/data-folder.ts';

/**
 * Has Node.js keep our code compiled in the user's data folder, so that the next start need not compile
 * it: from 22.1 on, and only where that folder is there already. A user who can write there decides what we
 * run, so it is used only where nobody but its owner can.
 */
export function keepCompiled(): void {
  // The types are those of Node.js 20, which has no such function.
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
  if (!enableCompileCache) return;
  const folder = compiledFolder();
  try {
    lstatSync(dataFolder());
    mkdirSync(folder, { mode: 0o700, recursive: true });
    if (isOnlyOurs(folder)) enableCompileCache(folder);
  } catch {
    // A start without it is only slower.
  }
}

function isOnlyOurs(folder: string): boolean {
  const facts = lstatSync(folder);
  if (!facts.isDirectory()) return false;
  // Windows gives each user's folders to that user alone.
  return (
    process.platform === 'win32' || (facts.uid === process.getuid?.() && (facts.mode & 0o022) === 0)
  );
}
