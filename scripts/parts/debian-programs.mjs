// Programs that are parts for themselves: as the system has them, or from a package of Debian.
import { execa } from 'execa';
import { asPart, mayInstallPackages, progress, whyNotInstalled } from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

/**
 * @typedef {object} DebianProgram
 * @property {string[]} commands by which it may be found
 * @property {string} package
 * @property {string} version the option it is run with once, to see that it starts
 */

/** @type {Record<string, DebianProgram>} */
const debianPrograms = {
  // A user's PATH may lack the folder of the system's programs.
  nginx: { commands: ['nginx', '/usr/sbin/nginx'], package: 'nginx', version: '-v' },
  // An image registry, to pull from.
  registry: { commands: ['docker-registry'], package: 'docker-registry', version: '--version' },
  // NSS's certutil has no --version; without one of its verbs it says how it is used.
  'nss tools': { commands: ['certutil'], package: 'libnss3-tools', version: '-H' },
  // What a TLS server offers, by asking it for everything that there is.
  sslscan: { commands: ['sslscan'], package: 'sslscan', version: '--version' },
  firefox: { commands: ['firefox', 'firefox-esr'], package: 'firefox-esr', version: '--version' },
  java: { commands: ['java'], package: 'openjdk-17-jdk-headless', version: '-version' },
  // As Debian has it, which is old; the part `certbot new` is PyPI's.
  certbot: { commands: ['/usr/bin/certbot'], package: 'certbot', version: '--version' },
  // Runs a program by another clock.
  faketime: { commands: ['faketime'], package: 'faketime', version: '--version' },
  // A name server of the kind that public zones are served by.
  nsd: { commands: ['nsd', '/usr/sbin/nsd'], package: 'nsd', version: '-v' },
  // Makes a moving picture of frames.
  img2webp: { commands: ['img2webp'], package: 'webp', version: '-version' },
  ruby: { commands: ['ruby'], package: 'ruby', version: '--version' },
  sudo: { commands: ['sudo'], package: 'sudo', version: '--version' },
};

export const debianProgramNames = Object.keys(debianPrograms);

/** @param {string} name */
export function debianProgram(name) {
  return asPart(name, async () => {
    const wanted = debianPrograms[name];
    if (!wanted) throw new Error(`there is no program called ${name}`);
    const present = await find(wanted);
    if (!present && !mayInstallPackages) {
      return { available: false, reason: `not found; ${whyNotInstalled}` };
    }
    if (!present) await ensureDebianPackages([wanted.package]);
    const found = present ?? (await find(wanted));
    if (!found) {
      return { available: false, reason: `${wanted.package} was installed and does not run` };
    }
    progress(name)(`${found.command} ${found.version}`);
    return { available: true, ...found };
  });
}

/** @param {DebianProgram} program */
async function find({ commands, version }) {
  for (const command of commands) {
    const options = { reject: false, all: true, timeout: 15_000 };
    const { code, all } = await execa(command, [version], options);
    if (code !== 'ENOENT') return { command, version: /\d+(\.\d+)+/.exec(String(all))?.[0] ?? '' };
  }
  return undefined;
}
