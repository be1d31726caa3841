import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * How many bytes of the disk a file or folder takes, links not followed. What cannot be looked at
 * counts nothing.
 *
 * @param path absolute
 */
export async function measure(path: string): Promise<number> {
  const facts = await lstat(path).catch(() => undefined);
  if (!facts) return 0;
  // Windows counts no blocks.
  const own = facts.blocks > 0 ? facts.blocks * 512 : facts.isFile() ? facts.size : 0;
  if (!facts.isDirectory()) return own;
  const names = await readdir(path).catch(() => []);
  let sum = own;
  for (const size of await Promise.all(names.map((name) => measure(join(path, name))))) sum += size;
  return sum;
}
