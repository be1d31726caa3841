// Docker Compose as users have it: v2, a plugin of the docker program, and the old v1, a program.
import { mkdir, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import {
  asPart,
  exists,
  mayInstallPackages,
  progress,
  whyNotInstalled,
  withLock,
} from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { unpackedFromNewerDebian } from './newer-debian.mjs';

export function composePlugin() {
  return asPart('compose v2', async () => {
    const say = progress('compose v2');
    const version = (await pluginVersion()) ?? (await installPlugin());
    say(version);
    return { available: true, version };
  });
}

async function installPlugin() {
  if (!mayInstallPackages) throw new Error(`docker compose does not answer; ${whyNotInstalled}`);
  return withLock('compose-plugin', async () => {
    const present = await pluginVersion();
    if (present) return present;
    const root = await unpackedFromNewerDebian('docker-compose');
    const program = join(root, 'usr', 'libexec', 'docker', 'cli-plugins', 'docker-compose');
    const folder = join(process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'cli-plugins');
    await mkdir(folder, { recursive: true });
    const link = join(folder, 'docker-compose');
    // A bench that was deleted leaves its link behind; anything else there stays as it is.
    if (!(await exists(link))) await rm(link, { force: true });
    await symlink(program, link);
    const version = await pluginVersion();
    if (!version) throw new Error(`${link} does not answer`);
    return version;
  });
}

async function pluginVersion() {
  const { exitCode, stdout } = await execa('docker', ['compose', 'version', '--short'], {
    reject: false,
  });
  return exitCode === 0 ? stdout.trim().replace(/^v/, '') : undefined;
}

export function composeProgram() {
  return asPart('compose v1', async () => {
    const found = await findProgram();
    if (found) return found;
    if (!mayInstallPackages) throw new Error(`no docker-compose 1.x; ${whyNotInstalled}`);
    await ensureDebianPackages(['docker-compose']);
    const installed = await findProgram();
    if (!installed) throw new Error('docker-compose was installed and does not answer as 1.x');
    return installed;
  });
}

/** @returns {Promise<import('./bench.mjs').AvailablePart | undefined>} */
async function findProgram() {
  // Debian's by its path: on PATH the name may belong to v2.
  for (const command of ['/usr/bin/docker-compose', 'docker-compose']) {
    const args = ['version', '--short'];
    const { exitCode, stdout } = await execa(command, args, { reject: false });
    if (exitCode !== 0 || !stdout.startsWith('1.')) continue;
    progress('compose v1')(`${command} ${stdout}`);
    return { available: true, version: stdout.trim(), command };
  }
  return undefined;
}
