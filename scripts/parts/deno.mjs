// Deno, out of the npm registry, and what it has fetched of the client that our code imports.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';
import { npmInstall } from './npm.mjs';

const VERSION = '2.9.5';
/** As our code names it. */
const CLIENT = 'npm:chromadb@3';

const { platform, arch } = process;
const name = `@deno/${platform}-${arch === 'arm64' ? 'arm64' : 'x64'}${platform === 'linux' ? '-glibc' : ''}`;

/** @param {string} folder */
const programIn = (folder) =>
  join(folder, 'node_modules', name, platform === 'win32' ? 'deno.exe' : 'deno');

/** @param {string} folder */
const environmentIn = (folder) => ({ DENO_DIR: join(folder, 'fetched') });

export function deno() {
  return asPart('deno', async () => {
    const folder = await keptFolder(`deno-${VERSION}`, async (target) => {
      progress('deno')(`installing ${VERSION}`);
      await npmInstall(target, [`${name}@${VERSION}`]);
      await chmod(programIn(target), 0o755);
      await execa(programIn(target), ['cache', CLIENT], {
        cwd: target,
        // npm's package.json there would have Deno look for the client in npm's own folder only.
        env: { ...environmentIn(target), DENO_NO_PACKAGE_JSON: '1' },
      });
    });
    const command = programIn(folder);
    await execa(command, ['--version']);
    return { available: true, command, version: VERSION, env: environmentIn(folder) };
  });
}
