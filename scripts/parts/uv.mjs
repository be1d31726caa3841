// uv, the Python package installer: some ten times quicker than pip, and it can install packages as
// they stood on a given day, which an old server wants.
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, benchPath, keptFolder, mayInstallPackages, progress } from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

const VERSION = '0.13.9';

/** It has a cache of its own on the bench, so that installing means hard-linking. */
const environment = () => ({
  UV_CACHE_DIR: benchPath('uv-cache'),
  UV_NO_PROGRESS: '1',
  UV_PYTHON_DOWNLOADS: 'never',
});

/** Runs uv.
 * @param {string[]} args
 */
export async function uv(args) {
  return execa(await uvProgram(), args, { env: environment() });
}

/** The program itself, for tests of what a user's own uv does. */
export function uvPart() {
  return asPart('uv', async () => {
    const command = await uvProgram();
    return { available: true, version: VERSION, command, env: environment() };
  });
}

async function uvProgram() {
  const folder = await keptFolder(`uv-${VERSION}`, async (target) => {
    progress('uv')('installing');
    const python = await pythonWithPip();
    await execa(python, ['-m', 'pip', 'install', '--quiet', '--target', target, `uv==${VERSION}`]);
  });
  return join(folder, 'bin', 'uv');
}

async function pythonWithPip() {
  const found = await findPythonWithPip();
  if (found) return found;
  if (mayInstallPackages) await ensureDebianPackages(['python3', 'python3-pip']);
  const installed = await findPythonWithPip();
  if (!installed) throw new Error('no Python 3 with pip on PATH');
  return installed;
}

async function findPythonWithPip() {
  for (const name of ['python3', 'python', '/usr/bin/python3']) {
    const { exitCode } = await execa(name, ['-m', 'pip', '--version'], { reject: false });
    if (exitCode === 0) return name;
  }
  return undefined;
}
