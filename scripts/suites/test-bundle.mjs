// The tests as files Mocha can load: bundled once for all suites, side by side in one folder.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../bundle.mjs';
import { repository } from '../dependencies.mjs';

const FOLDER = 'dist/test';

/** The suites that have a folder in `test/`, all of which run by default. */
export const suiteNames = /** @type {const} */ (['unit', 'vscode', 'real', 'browser']);

/** Brings up every combination of the support matrix, of which `real` brings up some, and compiles the Rust client. */
export const MATRIX = 'matrix';

/** @typedef {typeof suiteNames[number] | typeof MATRIX} SuiteName */

/**
 * @typedef {object} TestBundle
 * @property {string} main runs files in a Node.js of their own
 * @property {string} extensionHost runs files inside VS Code
 * @property {Record<SuiteName, string[]>} files
 */

/**
 * @param {boolean} whole see `Bundle`
 * @returns {Promise<TestBundle>}
 */
export async function bundleTests(whole) {
  /** @type {Record<string, string>} */
  const entryPoints = {
    main: 'test/harness/main.ts',
    'extension-host': 'test/harness/extension-host.ts',
    'skipping-fixture': 'test/unit/harness/skipping-fixture.ts',
    'ending-fixture': 'test/unit/harness/ending-fixture.ts',
  };
  /** @type {Record<SuiteName, string[]>} */
  const files = { unit: [], vscode: [], real: [], browser: [], matrix: [] };
  for (const suite of suiteNames) {
    for (const source of await testFiles(join('test', suite))) {
      // No subfolders: code that is moved between files finds its neighbours all the same.
      const name = source
        .replaceAll(/[\\/]/g, '.')
        .replace(/^test\./, '')
        .replace(/\.ts$/, '');
      entryPoints[name] = source;
      files[suite].push(output(name));
    }
  }
  files.matrix.push(
    output('real.chroma.support-matrix.test'),
    output('real.clients.snippets.test'),
  );
  const external = ['vscode', 'mocha', 'playwright-core', 'esbuild', 'typescript'];
  await bundle({ entryPoints, folder: FOLDER, external, whole });
  return { main: output('main'), extensionHost: output('extension-host'), files };
}

/** @param {string} name */
const output = (name) => join(repository, FOLDER, `${name}.js`);

/** @param {string} folder */
async function testFiles(folder) {
  const names = await readdir(join(repository, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(folder, name));
}
