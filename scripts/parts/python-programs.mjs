// Programs that exist as Python packages, each in a virtual environment of its own: the Compose that
// is written for Podman, the newest certbot, and a stand-in for AWS.
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';
import { uv } from './uv.mjs';

/**
 * @typedef {object} PythonProgram
 * @property {string} package
 * @property {string} version
 * @property {string[]} [extras]
 * @property {string} command
 * @property {string[]} check the arguments it is run with once, to see that it starts
 */

/** @type {Record<string, PythonProgram>} */
const programs = {
  'podman-compose': {
    package: 'podman-compose',
    version: '1.6.0',
    command: 'podman-compose',
    check: ['version', '--short'],
  },
  'certbot new': {
    package: 'certbot',
    version: '5.8.0',
    command: 'certbot',
    check: ['--version'],
  },
  moto: {
    package: 'moto',
    version: '5.2.5',
    extras: ['acm', 'server'],
    command: 'moto_server',
    // It has no --version.
    check: ['--help'],
  },
};

/** @param {string} name */
export function pythonProgram(name) {
  return asPart(name, async () => {
    const wanted = programs[name];
    if (!wanted) throw new Error(`there is no program called ${name}`);
    const { version, extras } = wanted;
    const folder = await keptFolder(`${wanted.package}-${version}`, async (target) => {
      progress(name)('installing into a virtual environment');
      await uv(['venv', '--clear', target]);
      const python = ['--python', join(target, 'bin', 'python')];
      const requirement = `${wanted.package}${extras ? `[${extras.join()}]` : ''}==${version}`;
      await uv(['pip', 'install', ...python, requirement]);
    });
    const command = join(folder, 'bin', wanted.command);
    await execa(command, wanted.check);
    progress(name)(`${command} ${version}`);
    return { available: true, version, command };
  });
}
