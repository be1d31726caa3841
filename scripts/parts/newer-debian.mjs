// A program from Debian 13 on an older Debian: its package is fetched through apt, so with apt's own
// verification, and unpacked on the bench. Nothing of it is installed into the system.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { keptFolder, mayInstallPackages, progress, whyNotInstalled } from './bench.mjs';
import { refreshPackageLists } from './debian-packages.mjs';

const SUITE = 'trixie';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * @param {string} name of a package whose programs need no other package
 * @returns {Promise<string>} the folder that stands for `/` in it
 */
export async function unpackedFromNewerDebian(name) {
  const folder = await keptFolder(`${SUITE}-${name}`, async (target) => {
    if (!mayInstallPackages) throw new Error(`${name} of Debian ${SUITE}: ${whyNotInstalled}`);
    progress('apt')(`fetching ${name} of Debian ${SUITE}`);
    const apt = join(target, 'apt');
    const options = await privateApt(apt);
    await execa('apt-get', [...options, 'update', '-qq']);
    await execa('apt-get', [...options, 'download', '-qq', name], { cwd: target });
    const file = (await readdir(target)).find((entry) => entry.endsWith('.deb'));
    if (file === undefined) throw new Error(`apt-get download ${name} left no package`);
    await execa('dpkg-deb', ['--extract', join(target, file), join(target, 'root')]);
    await Promise.all([apt, join(target, file)].map((path) => rm(path, { recursive: true })));
  });
  return join(folder, 'root');
}

/**
 * Options for an apt that knows the newer Debian only and keeps its lists to itself.
 * @param {string} folder
 */
async function privateApt(folder) {
  const state = join(folder, 'state');
  const cache = join(folder, 'cache');
  const sources = join(folder, 'sources.list');
  for (const path of [join(state, 'lists', 'partial'), join(cache, 'archives', 'partial')])
    await mkdir(path, { recursive: true });
  await writeFile(sources, `deb [signed-by=${KEYRING}] ${await debianMirror()} ${SUITE} main\n`);
  return [
    `Dir::State=${state}`,
    `Dir::Cache=${cache}`,
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=-',
    // Its own user may not enter a home folder.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
}

/** Where this machine gets its own Debian from: the newer one lies beside it. */
async function debianMirror() {
  const known = await findMirror();
  if (known) return known;
  // apt names no source whose lists it has not read yet.
  await refreshPackageLists();
  const mirror = await findMirror();
  if (!mirror) throw new Error('apt has no source for the Debian of this machine');
  return mirror;
}

async function findMirror() {
  const release = await readFile('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(release)?.[1] ?? '';
  const wanted = [`Release: ${codename}`, 'Component: main', 'Identifier: Packages'];
  const args = ['indextargets', '--format', '$(REPO_URI)', ...wanted];
  const { stdout } = await execa('apt-get', args);
  return stdout.split('\n')[0] || undefined;
}
