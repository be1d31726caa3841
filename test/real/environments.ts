import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { program } from './cli.ts';

/**
 * A real virtual environment that has of Chroma only what a Python goes by to name its version.
 *
 * @returns the environment's Python
 */
export async function makeEnvironment(
  python: string,
  folder: string,
  version: string,
): Promise<string> {
  const made = await program(python, ['-m', 'venv', '--without-pip', folder]);
  assert.equal(made.code, 0, made.stderr);
  const [lib = ''] = await readdir(join(folder, 'lib'));
  const info = join(folder, 'lib', lib, 'site-packages', `chromadb-${version}.dist-info`);
  await mkdir(info);
  const metadata = `Metadata-Version: 2.1\nName: chromadb\nVersion: ${version}\n`;
  await writeFile(join(info, 'METADATA'), metadata);
  const own = join(folder, 'bin', 'python');
  await writeFile(join(folder, 'bin', 'chroma'), `#!${own}\n`, { mode: 0o755 });
  return own;
}
