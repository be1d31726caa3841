// A Node.js of a given major version: the VS Code server starts only on its own.
import { join } from 'node:path';
import { execa } from 'execa';
import { keptFolder, progress } from './bench.mjs';
import { npmInstall } from './npm.mjs';

/**
 * @param {number} major
 * @returns {Promise<string>} the program
 */
export async function nodeRuntime(major) {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const { platform, arch } = process;
  const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
  const folder = await keptFolder(`node-${major}`, async (target) => {
    progress('node')(`installing Node.js ${major}`);
    await npmInstall(target, [`${name}@${major}`]);
  });
  const program = join(
    folder,
    'node_modules',
    name,
    'bin',
    platform === 'win32' ? 'node.exe' : 'node',
  );
  await execa(program, ['--version']);
  return program;
}
