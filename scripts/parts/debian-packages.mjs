// Debian packages, for the machines that may be changed (see `mayInstallPackages`).
import { execa } from 'execa';
import { mayInstallPackages, progress, whyNotInstalled, withLock } from './bench.mjs';

const environment = { DEBIAN_FRONTEND: 'noninteractive' };
const say = progress('apt');

/** @param {string[]} names */
export async function ensureDebianPackages(names) {
  const missing = await missingPackages(names);
  if (missing.length === 0) return;
  if (!mayInstallPackages) throw new Error(`${missing.join(', ')}: ${whyNotInstalled}`);
  await withLock('apt', async () => {
    const still = await missingPackages(names);
    if (still.length === 0) return;
    say(`installing ${still.join(', ')}`);
    // A bare machine has no package lists, an old one stale lists: refresh them when needed.
    const first = await install(still, { reject: false });
    if (first.exitCode !== 0) {
      await update();
      await install(still);
    }
    say(`installed ${still.join(', ')}`);
  });
}

export async function refreshPackageLists() {
  await withLock('apt', update);
}

async function update() {
  await execa('apt-get', ['update', '-qq'], { env: environment });
}

/**
 * @param {string[]} names
 * @param {import('execa').Options} [options]
 */
function install(names, options = {}) {
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const args = [...wait, 'install', '-y', '-qq', '--no-install-recommends', ...names];
  return execa('apt-get', args, { env: environment, stdin: 'ignore', ...options });
}

/** @param {string[]} names */
async function missingPackages(names) {
  const format = '${Package} ${db:Status-Status}\n';
  const { stdout } = await execa('dpkg-query', ['-W', '-f', format, ...names], { reject: false });
  const installed = new Set(
    String(stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}
