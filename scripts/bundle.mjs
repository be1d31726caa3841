// esbuild as this project uses it: CommonJS for VS Code, and yet split into files that load later.
//
// esbuild splits code at `import()` only for ES modules. So it bundles to split ES modules first,
// in memory, and each of them is then rewritten as CommonJS. A module used from two files exists
// once, in a chunk both load: an `instanceof` of ours holds on either side of an `import()`.
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { repository } from './dependencies.mjs';

const TARGET = 'node20';

// CommonJS has no `import.meta`; some libraries ask it where they are.
const IMPORT_META_URL = 'importMetaUrl';
const importMetaUrl = `const ${IMPORT_META_URL} = require('node:url').pathToFileURL(__filename).href;`;

/**
 * @typedef {object} Bundle
 * @property {Record<string, string>} entryPoints output name without `.js` → source file
 * @property {string} folder where the files go; JavaScript left there by an earlier run is removed
 * @property {string[]} external modules that are not bundled
 * @property {boolean} [production] minified, without source maps
 * @property {boolean} [whole] with code that nothing uses: coverage counts what is not there as run
 */

/**
 * @param {Bundle} bundle
 * @returns {Promise<esbuild.Metafile>} what went into it
 */
export async function bundle(bundle) {
  const { metafile } = await esbuild.build({ ...options(bundle), metafile: true });
  return metafile;
}

/** @param {Bundle} bundle */
export async function watch(bundle) {
  const context = await esbuild.context(options(bundle));
  await context.watch();
}

/**
 * @param {Bundle} bundle
 * @returns {esbuild.BuildOptions}
 */
function options({ entryPoints, folder, external, production = false, whole = false }) {
  return {
    absWorkingDir: repository,
    entryPoints,
    outdir: folder,
    external,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    treeShaking: !whole,
    chunkNames: '[name]-[hash]',
    sourcemap: production ? false : 'inline',
    legalComments: production ? 'none' : 'inline',
    define: { 'import.meta.url': IMPORT_META_URL },
    write: false,
    logLevel: 'warning',
    plugins: [commonJs(folder, production)],
  };
}

/**
 * @param {string} folder
 * @param {boolean} minify
 * @returns {esbuild.Plugin}
 */
function commonJs(folder, minify) {
  return {
    name: 'common-js',
    setup(build) {
      build.onEnd(async ({ outputFiles = [], errors }) => {
        if (errors.length > 0) return;
        const written = await Promise.all(outputFiles.map((file) => writeAsCommonJs(file, minify)));
        await removeOthers(folder, new Set(written.flat()));
      });
    },
  };
}

/**
 * @param {esbuild.OutputFile} file
 * @param {boolean} minify
 * @returns {Promise<string[]>} the files written
 */
async function writeAsCommonJs({ path, text }, minify) {
  const { code, map } = await esbuild.transform(text, {
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    minify,
    // A plain `require` when the time comes: it works in every host that loads CommonJS.
    supported: { 'dynamic-import': false },
    sourcemap: minify ? false : 'external',
    sourcefile: basename(path),
    sourcesContent: false,
    banner: text.includes(IMPORT_META_URL) ? importMetaUrl : '',
  });
  await mkdir(dirname(path), { recursive: true });
  const name = relative(repository, path);
  await writeFile(path, minify ? code : `${code}//# sourceMappingURL=${basename(path)}.map\n`);
  if (code.startsWith('#!')) await chmod(path, 0o755);
  if (minify) return [name];
  await writeFile(`${path}.map`, map);
  return [name, `${name}.map`];
}

/**
 * Chunks carry a hash in their name, so the last build's would pile up in the package.
 * @param {string} folder
 * @param {Set<string>} written
 */
async function removeOthers(folder, written) {
  for (const entry of await readdir(join(repository, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isOurs = entry.isFile() && /\.js(\.map)?$/.test(entry.name);
    if (isOurs && !written.has(path)) await rm(join(repository, path));
  }
}
