// The program that makes dev containers, as VS Code makes them: what has to understand our lines.
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';
import { npmInstall } from './npm.mjs';

const VERSION = '0.89.0';

export function devcontainerCli() {
  return asPart('devcontainer cli', async () => {
    const folder = await keptFolder(`devcontainers-cli-${VERSION}`, async (target) => {
      progress('devcontainer cli')(`installing ${VERSION}`);
      await npmInstall(target, [`@devcontainers/cli@${VERSION}`]);
    });
    const command = join(folder, 'node_modules', '.bin', 'devcontainer');
    const { stdout: version } = await execa(command, ['--version']);
    return { available: true, command, version };
  });
}
