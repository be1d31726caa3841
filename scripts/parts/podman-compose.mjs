// The Compose that is written for Podman: a Python program, in an environment of its own.
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';
import { uv } from './uv.mjs';

const VERSION = '1.6.0';

export function podmanCompose() {
  return asPart('podman-compose', async () => {
    const folder = await keptFolder(`podman-compose-${VERSION}`, async (target) => {
      progress('podman-compose')('installing into a virtual environment');
      await uv(['venv', '--clear', target]);
      const python = join(target, 'bin', 'python');
      await uv(['pip', 'install', '--python', python, `podman-compose==${VERSION}`]);
    });
    const command = join(folder, 'bin', 'podman-compose');
    const { stdout: version } = await execa(command, ['version', '--short']);
    progress('podman-compose')(`${command} ${version}`);
    return { available: true, version, command };
  });
}
