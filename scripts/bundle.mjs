// esbuild as this project uses it: ES modules, split into files that load later.
import { chmod, readdir, rm, watch as watchFolder } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as esbuild from 'esbuild';
import { repository } from './dependencies.mjs';
import { buildLayered } from './layers.mjs';

// Some libraries are CommonJS and `require` modules of Node.js; an ES module has no `require`.
const banner = `import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);`;

/** As ES modules, of which only what is used is bundled; "main" names their CommonJS. */
const ASN1 = {
  '@peculiar/asn1-schema': './node_modules/@peculiar/asn1-schema/build/es2015/index.js',
  '@peculiar/asn1-x509': './node_modules/@peculiar/asn1-x509/build/es2015/index.js',
  asn1js: './node_modules/asn1js/build/index.es.js',
  pvtsutils: './node_modules/pvtsutils/build/index.es.js',
  pvutils: './node_modules/pvutils/build/utils.es.js',
};

/**
 * @typedef {object} Bundle
 * @property {Record<string, string>} entryPoints output name without `.js` → source file
 * @property {string} folder where the files go; JavaScript left there by an earlier run is removed
 * @property {string[]} external modules that are not bundled
 * @property {{ entryPoints: Record<string, string>, layers: import('./layers.mjs').Layer[] }[]} [layered]
 *   programs that stand on layers; each shares no file with the others
 * @property {boolean} [production] minified, without source maps
 * @property {boolean} [whole] with code that nothing uses: coverage counts what is not there as run
 */

/**
 * @param {Bundle} bundle
 * @returns {Promise<esbuild.Metafile>} what went into it
 */
export async function bundle(bundle) {
  const { layered = [] } = bundle;
  const metafiles = [(await esbuild.build({ ...options(bundle), metafile: true })).metafile];
  for (const { entryPoints, layers } of layered) {
    metafiles.push(...(await buildLayered(options({ ...bundle, entryPoints }), layers)));
  }
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

/** Bundles, and does so again after each change. @param {Bundle} wanted */
export async function watch(wanted) {
  await bundle(wanted);
  for await (const { filename } of watchFolder(join(repository, 'src'), { recursive: true })) {
    // What is wrong is printed, and may be right after the next change.
    if (filename?.endsWith('.ts')) await bundle(wanted).catch(() => undefined);
  }
}

/**
 * @param {Bundle} bundle
 * @returns {import('./layers.mjs').Options}
 */
function options({ entryPoints, folder, external, production = false, whole = false }) {
  return {
    absWorkingDir: repository,
    entryPoints,
    outdir: folder,
    external,
    alias: ASN1,
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
