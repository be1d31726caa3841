// The VS Code server: a real VS Code whose window is a browser tab. It comes from npm inside
// code-server, of which only that part is used.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keptFolder, progress } from './bench.mjs';
import { nodeRuntime } from './node-runtime.mjs';
import { npmInstall } from './npm.mjs';

/**
 * @typedef {object} VsCodeServer
 * @property {string} node the Node.js it runs on
 * @property {string} serverMain
 * @property {string} version VS Code's own
 */

/**
 * The releases seen working. `repair` makes up for what an old one needs and no registry has.
 * @type {Record<'newest' | 'minimum', { codeServer: string, node: number, repair?: (folder: string) => Promise<void> }>}
 */
const releases = {
  newest: { codeServer: '4.139.1', node: 24 },
  minimum: { codeServer: '4.105.1', node: 22, repair: useReleasedWatcher },
};

/**
 * @param {keyof typeof releases} [which] the newest release, or the oldest the extension supports
 * @returns {Promise<VsCodeServer>}
 */
export async function installVsCodeServer(which = 'newest') {
  const { codeServer, node: nodeMajor, repair } = releases[which];
  const inServer = ['node_modules', 'code-server', 'lib', 'vscode'];
  const [node, folder] = await Promise.all([
    nodeRuntime(nodeMajor),
    keptFolder(`code-server-${codeServer}`, async (target) => {
      const say = progress('vscode-server');
      say(`installing (code-server ${codeServer})`);
      // --force: it asks for another Node.js than the one that runs npm here.
      await npmInstall(target, [`code-server@${codeServer}`, '--force']);
      const server = join(target, ...inServer);
      await repair?.(server);
      await npmInstall(server, ['--omit=dev', '--force']);
      say('installed');
    }),
  ]);
  const server = join(folder, ...inServer);
  const product = /** @type {{ version: string }} */ (
    JSON.parse(await readFile(join(server, 'package.json'), 'utf8'))
  );
  return { node, serverMain: join(server, 'out', 'server-main.js'), version: product.version };
}

/**
 * 1.105 names its file watcher by a git address.
 * @param {string} folder
 */
async function useReleasedWatcher(folder) {
  await rm(join(folder, 'npm-shrinkwrap.json'), { force: true });
  const file = join(folder, 'package.json');
  const manifest = /** @type {{ dependencies: Record<string, string> }} */ (
    JSON.parse(await readFile(file, 'utf8'))
  );
  manifest.dependencies['@parcel/watcher'] = '^2.5.6';
  await writeFile(file, JSON.stringify(manifest, null, 2));
}
