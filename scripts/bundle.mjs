// esbuild as this project uses it: ES modules, split into files that load later.
import { chmod, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as esbuild from 'esbuild';
import { repository } from './dependencies.mjs';

// Some libraries are CommonJS and `require` modules of Node.js; an ES module has no `require`.
const banner = `import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);`;

/**
 * @typedef {object} Bundle
 * @property {Record<string, string>} entryPoints output name without `.js` → source file
 * @property {string} folder where the files go; JavaScript left there by an earlier run is removed
 * @property {string[]} external modules that are not bundled
 * @property {Record<string, string>} [apart] output name → source file: whatever imports it finds one file
 *   that holds all it needs. Node.js reads that sooner than many small ones, but what it shares with the
 *   rest is there twice, so one process loads either this or the rest.
 * @property {boolean} [production] minified, without source maps
 * @property {boolean} [whole] with code that nothing uses: coverage counts what is not there as run
 */

/**
 * @param {Bundle} bundle
 * @returns {Promise<esbuild.Metafile>} what went into it
 */
export async function bundle(bundle) {
  const metafiles = await Promise.all(
    everyOptions(bundle).map(
      async (options) => (await esbuild.build({ ...options, metafile: true })).metafile,
    ),
  );
  const metafile = {
    inputs: Object.assign({}, ...metafiles.map(({ inputs }) => inputs)),
    outputs: Object.assign({}, ...metafiles.map(({ outputs }) => outputs)),
  };
  const written = Object.keys(metafile.outputs).map((path) => basename(path));
  await removeOthers(bundle.folder, new Set(written));
  for (const name of written.filter((file) => file === 'cli.js')) {
    await chmod(join(repository, bundle.folder, name), 0o755);
  }
  return metafile;
}

/** @param {Bundle} bundle */
export async function watch(bundle) {
  for (const options of everyOptions(bundle)) await (await esbuild.context(options)).watch();
}

/**
 * @param {Bundle} bundle
 * @returns {esbuild.BuildOptions[]}
 */
function everyOptions(bundle) {
  const { apart = {} } = bundle;
  const alone = Object.entries(apart).map(([name, source]) => ({
    ...options({ ...bundle, entryPoints: { [name]: source } }),
    splitting: false,
    // A library's ES modules can be left out in part. Split into files, they come in another order, in
    // which `reflect-metadata` is too late for those that need it.
    mainFields: ['module', 'main'],
  }));
  return [{ ...options(bundle), plugins: [leaveApart(apart)] }, ...alone];
}

/**
 * @param {Record<string, string>} apart
 * @returns {esbuild.Plugin}
 */
function leaveApart(apart) {
  return {
    name: 'leave-apart',
    setup(build) {
      for (const [name, source] of Object.entries(apart)) {
        const filter = new RegExp(`/${basename(source).replaceAll('.', '\\.')}$`);
        build.onResolve({ filter }, ({ kind }) =>
          kind === 'dynamic-import' ? { path: `./${name}.js`, external: true } : undefined,
        );
      }
    },
  };
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
    target: 'node20',
    banner: { js: banner },
    treeShaking: !whole,
    minify: production,
    chunkNames: '[name]-[hash]',
    sourcemap: production ? false : 'linked',
    sourcesContent: false,
    legalComments: production ? 'none' : 'inline',
    logLevel: 'warning',
  };
}

/**
 * Chunks carry a hash in their name, so the last build's would pile up in the package.
 * @param {string} folder
 * @param {Set<string>} written
 */
async function removeOthers(folder, written) {
  for (const entry of await readdir(join(repository, folder), { withFileTypes: true })) {
    const isOurs = entry.isFile() && /\.js(\.map)?$/.test(entry.name);
    if (isOurs && !written.has(entry.name)) await rm(join(repository, folder, entry.name));
  }
}
