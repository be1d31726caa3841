// A Python of a given version: the machine's own, or else Debian's, unpacked beside the system.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { keptFolder, mayInstallPackages, progress, whyNotInstalled } from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { uv } from './uv.mjs';

/**
 * Debian's release with that Python, for `debootstrap`.
 * @type {Record<string, string>}
 */
const suites = { 3.11: 'bookworm', 3.13: 'trixie' };

/**
 * @param {string} version such as `3.13`
 * @returns {Promise<string[]>} the command that runs it
 */
export async function pythonInterpreter(version) {
  const found = await uv(['python', 'find', '--no-project', version]).then(
    ({ stdout }) => String(stdout).trim(),
    () => undefined,
  );
  return found === undefined ? unpacked(version) : [found];
}

/**
 * Another Debian's Python, run by that Debian's own loader: its libraries are then its own, while
 * files and network are this system's. That spares a container and what it would have to mount.
 * @param {string} version
 */
async function unpacked(version) {
  const root = await keptFolder(`python-${version}`, async (target) => {
    if (!mayInstallPackages) throw new Error(`no Python ${version} found; ${whyNotInstalled}`);
    progress(`python ${version}`)('debootstrap (about half a minute)');
    await ensureDebianPackages(['debootstrap']);
    const args = ['--variant=minbase', '--include=python3', suites[version] ?? 'sid', target];
    await execa('debootstrap', args);
  });
  const libraries = await onlyEntry(join(root, 'usr', 'lib'), /-linux-gnu$/);
  const loader = await onlyEntry(libraries, /^ld-linux.*\.so\.\d$/);
  return [loader, '--library-path', libraries, join(root, 'usr', 'bin', `python${version}`)];
}

/**
 * @param {string} folder
 * @param {RegExp} pattern
 */
async function onlyEntry(folder, pattern) {
  const [name] = (await readdir(folder)).filter((entry) => pattern.test(entry));
  if (name === undefined) throw new Error(`${folder} has no ${pattern.source}`);
  return join(folder, name);
}
