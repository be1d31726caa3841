// npm as an installer of programs into a folder of the bench.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { exists } from './bench.mjs';

/**
 * @param {string} folder
 * @param {string[]} args packages and options
 */
export async function npmInstall(folder, args) {
  const manifest = join(folder, 'package.json');
  // Without one npm would walk up and install into some folder above.
  if (!(await exists(manifest))) await writeFile(manifest, '{ "private": true }\n');
  const all = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...args,
  ];
  const npmScript = process.env['npm_execpath'];
  await (npmScript
    ? execa(process.execPath, [npmScript, ...all], { cwd: folder })
    : execa('npm', all, { cwd: folder }));
}
