// Programs that are parts for themselves: as the system has them, or from a package of Debian.
import { execa } from 'execa';
import { asPart, mayInstallPackages, whyNotInstalled } from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

/**
 * @type {Record<string, { programs: string[], package: string, version: string }>} the program is
 *   run once with `version`, to see that it starts
 */
const debianPrograms = {
  // NSS's certutil has no --version; without one of its verbs it says how it is used.
  'nss tools': { programs: ['certutil'], package: 'libnss3-tools', version: '-H' },
  firefox: {
    programs: ['firefox', 'firefox-esr'],
    package: 'firefox-esr',
    version: '--version',
  },
  java: { programs: ['java'], package: 'openjdk-17-jdk-headless', version: '-version' },
  sudo: { programs: ['sudo'], package: 'sudo', version: '--version' },
};

export const debianProgramNames = Object.keys(debianPrograms);

/** @param {string} name */
export function debianProgram(name) {
  return asPart(name, async () => {
    const wanted = debianPrograms[name];
    if (!wanted) throw new Error(`there is no program called ${name}`);
    const found = await find(wanted.programs, wanted.version);
    if (found) return { available: true, program: found };
    if (!mayInstallPackages) return { available: false, reason: `not found; ${whyNotInstalled}` };
    await ensureDebianPackages([wanted.package]);
    const installed = await find(wanted.programs, wanted.version);
    return installed
      ? { available: true, program: installed }
      : { available: false, reason: `${wanted.package} was installed and does not run` };
  });
}

/**
 * @param {string[]} programs
 * @param {string} version
 */
async function find(programs, version) {
  for (const program of programs) {
    const { code } = await execa(program, [version], { reject: false, timeout: 15_000 });
    if (code !== 'ENOENT') return program;
  }
  return undefined;
}
