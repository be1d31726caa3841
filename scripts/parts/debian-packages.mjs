// Debian packages, for the machines that may be changed (see `mayInstallPackages`).
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { complete } from '../interruption.mjs';
import { exists, mayInstallPackages, progress, whyNotInstalled, withLock } from './bench.mjs';

const environment = { DEBIAN_FRONTEND: 'noninteractive' };
const say = progress('apt');

/**
 * What all parts have asked for: the first one installs it for all that wait.
 * @type {Set<string>}
 */
const wanted = new Set();

/** @param {string[]} names */
export async function ensureDebianPackages(names) {
  const missing = await missingPackages(names);
  if (missing.length === 0) return;
  if (!mayInstallPackages) throw new Error(`${missing.join(', ')}: ${whyNotInstalled}`);
  for (const name of missing) wanted.add(name);
  await withLock('apt', async () => {
    const still = await missingPackages(names);
    if (still.length === 0) return;
    await withoutStartingServices(async () => {
      const all = await missingPackages([...wanted]);
      say(`installing ${all.join(', ')}`);
      const { exitCode } = await install(all, { reject: false });
      if (exitCode === 0) return;
      // A bare machine has no package lists, an old one stale lists. Or a package cannot be had:
      // then only the part that wants it does without.
      await update();
      await install(still);
    });
    say(`installed ${still.join(', ')}`);
  });
}

/**
 * Programs are wanted, not the services Debian would start with them.
 * @param {() => Promise<void>} task
 */
async function withoutStartingServices(task) {
  const policy = '/usr/sbin/policy-rc.d';
  if (await exists(policy)) return task();
  const remove = () => rmSync(policy, { force: true });
  process.once('exit', remove);
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await task();
  } finally {
    remove();
    process.off('exit', remove);
  }
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
  // In a session of its own, because broken off it would leave packages half installed.
  const apart = /** @type {const} */ ({ detached: true, stdin: 'ignore', stdout: 'ignore' });
  return complete(execa('apt-get', args, { env: environment, ...apart, ...options }));
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
