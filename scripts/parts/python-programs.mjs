// Programs that exist as Python packages, each in a virtual environment of its own: the Compose that
// is written for Podman, the newest certbot, a stand-in for AWS, and Chroma's own MCP server.
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';
import { uv } from './uv.mjs';

/**
 * @typedef {object} PythonProgram
 * @property {string} package
 * @property {string} version
 * @property {string[]} [extras]
 * @property {string[]} [beside] what is installed in the same environment
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
  'chroma-mcp': {
    package: 'chroma-mcp',
    version: '0.2.6',
    // The MCP library that it pins does not start with a later pydantic.
    beside: ['chromadb==1.5.9', 'pydantic<2.13'],
    command: 'chroma-mcp',
    check: ['--help'],
  },
};

/** @param {string} name */
export function pythonProgram(name) {
  return asPart(name, async () => {
    const wanted = programs[name];
    if (!wanted) throw new Error(`there is no program called ${name}`);
    const { version, extras, beside = [] } = wanted;
    const folder = await keptFolder(`${wanted.package}-${version}`, async (target) => {
      progress(name)('installing into a virtual environment');
      await uv(['venv', '--clear', target]);
      const python = ['--python', join(target, 'bin', 'python')];
      const requirement = `${wanted.package}${extras ? `[${extras.join()}]` : ''}==${version}`;
      await uv(['pip', 'install', ...python, requirement, ...beside]);
    });
    const command = join(folder, 'bin', wanted.command);
    await execa(command, wanted.check);
    progress(name)(`${command} ${version}`);
    return { available: true, version, command };
  });
}
