// The versions a comparison was made with.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { repository } from '../dependencies.mjs';
import { installedGoProgram } from './go-program.mjs';

export async function versions() {
  const manifest = await readFile(join(repository, 'package.json'), 'utf8');
  const own = /** @type {{ version: string }} */ (JSON.parse(manifest)).version;
  const openssl = (await execa('openssl', ['version'])).stdout.split(' ').slice(0, 2).join(' ');
  const mkcert = await installedGoProgram('mkcert').then(
    ({ version }) => version,
    () => '(not here)',
  );
  const { node } = process.versions;
  return `with Chroma TLS ${own} on Node.js ${node}, mkcert ${mkcert} and ${openssl}`;
}
