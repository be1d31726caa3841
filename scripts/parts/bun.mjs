// Bun, for its BoringSSL: what desktop VS Code verifies certificates with, which is not to be had
// here. It judges certificates as that does, and runs our bundles as they are.
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';
import { npmInstall } from './npm.mjs';

const VERSION = '1.4.5';

export function bun() {
  return asPart('bun', async () => {
    const { platform, arch } = process;
    const name = `@oven/bun-${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`;
    const folder = await keptFolder(`bun-${VERSION}`, async (target) => {
      progress('bun')(`installing ${VERSION}`);
      await npmInstall(target, [`${name}@${VERSION}`]);
    });
    const file = platform === 'win32' ? 'bun.exe' : 'bun';
    const command = join(folder, 'node_modules', name, 'bin', file);
    const { stdout } = await execa(command, ['-e', 'console.log(process.versions.boringssl)']);
    if (!/^[0-9a-f]{40}$/.test(stdout.trim())) throw new Error(`${command} has no BoringSSL`);
    progress('bun')(command);
    return { available: true, command };
  });
}
