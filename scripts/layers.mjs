// Modules that a program needs at once, as one file a layer. Node.js reads one file much sooner than ninety.
// esbuild by itself puts whatever two places share into a file of its own each time; or everything into the
// same file, where what is loaded later is read all the same, and Node.js's own modules for it are loaded.
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';

/**
 * @typedef {object} Layer
 * @property {string} name of its file, without `.js`
 * @property {string} source what this module imports at once goes into the file, but for what an earlier
 *   layer has; who imports it later gets the file
 * @property {string[]} [more] modules that it imports later, and yet always needs
 */
/** @typedef {{ layer: Layer, prefix: string }} Home where a module is that a layer has */
/**
 * @typedef {object} Plan
 * @property {string} root the folder that all paths start from
 * @property {Map<string, Home>} homes by the path of the module
 * @property {Map<string, string[]>} exports what each of these modules exports
 * @property {Map<string, string>} later what a layer loads later, and no file by itself has:
 *   the name of one
 */

/**
 * @typedef {Omit<esbuild.BuildOptions, 'entryPoints'> & { entryPoints: Record<string, string>,
 *   outdir: string, absWorkingDir: string }} Options how the rest is built
 */

/**
 * Builds a program that stands on layers.
 *
 * @param {Options} options
 * @param {Layer[]} layers from the ground up
 * @returns {Promise<esbuild.Metafile[]>} what went into it
 */
export async function buildLayered(options, layers) {
  const { entryPoints, outdir, ...others } = options;
  const root = options.absWorkingDir;
  const plan = await planLayers(options, layers);
  const later = Object.fromEntries([...plan.later].map(([path, name]) => [name, path]));
  /** @type {esbuild.Metafile[]} */
  const metafiles = [];
  /** What others take from the layers, by the names that it has in their files. */
  const taken = new Set();
  /** @param {esbuild.BuildOptions} build */
  const run = async (build) => {
    const { metafile } = await esbuild.build({ ...build, metafile: true });
    metafiles.push(metafile);
    for (const file of Object.keys(metafile.outputs).filter((name) => name.endsWith('.js'))) {
      const text = await readFile(join(root, file), 'utf8');
      for (const [name] of text.matchAll(/\bm\d+_[\w$]+/g)) taken.add(name);
    }
  };
  // From the top down, so that each has only what those above it take.
  await run({
    ...options,
    entryPoints: { ...entryPoints, ...later },
    plugins: [keepApart(plan)],
  });
  for (const layer of layers.toReversed()) {
    const contents = contentsOf(layer, plan, taken);
    await run({
      ...others,
      stdin: { contents, resolveDir: root, sourcefile: layer.name },
      outfile: `${outdir}/${layer.name}.js`,
      splitting: false,
      plugins: [keepApart(plan, layer)],
    });
  }
  return metafiles;
}

/**
 * @param {Options} options
 * @param {Layer[]} layers
 * @returns {Promise<Plan>}
 */
async function planLayers(options, layers) {
  const sources = layers.flatMap(({ source, more = [] }) => [source, ...more]);
  const all = [...Object.values(options.entryPoints), ...sources];
  const { inputs } = await examine(options, all);
  /** @type {Map<string, Home>} */
  const homes = new Map();
  for (const layer of layers) {
    const found = new Set([layer.source, ...(layer.more ?? [])]);
    // A set goes on with what is added to it meanwhile.
    for (const path of found) {
      if (homes.has(path)) continue;
      homes.set(path, { layer, prefix: `m${homes.size}_` });
      for (const used of inputs[path]?.imports ?? []) {
        if (used.kind !== 'dynamic-import' && !used.external) found.add(used.path);
      }
    }
  }
  const { outputs } = await examine(options, [...homes.keys()]);
  const exports = new Map(
    Object.values(outputs).map(({ entryPoint = '', exports }) => [entryPoint, exports]),
  );
  /** @type {Map<string, string>} */
  const later = new Map();
  for (const [path, { layer }] of homes) {
    const atHand = layers.slice(0, layers.indexOf(layer) + 1);
    for (const used of inputs[path]?.imports ?? []) {
      const home = homes.get(used.path);
      const isFile = home?.layer.source === used.path || later.has(used.path);
      if (used.kind !== 'dynamic-import' || used.external || isFile) continue;
      if (home && atHand.includes(home.layer)) continue;
      later.set(used.path, `${layers[0]?.name ?? ''}-later-${later.size}`);
    }
  }
  return { root: options.absWorkingDir, homes, exports, later };
}

/**
 * @param {Options} options
 * @param {string[]} entryPoints
 */
async function examine(options, entryPoints) {
  const dry = { ...options, entryPoints, write: false, sourcemap: false, logLevel: 'error' };
  const { metafile } = await esbuild.build(
    /** @type {esbuild.BuildOptions & { metafile: true }} */ ({ ...dry, metafile: true }),
  );
  return metafile;
}

/**
 * A layer's own text: its source, and what others take from its modules, each name with a prefix: two
 * modules may export the same one.
 *
 * @param {Layer} layer
 * @param {Plan} plan
 * @param {Set<string>} taken
 */
function contentsOf(layer, { homes, exports }, taken) {
  const lines = [...homes]
    .filter(([, home]) => home.layer === layer)
    .map(([path, { prefix }]) => {
      const names = (exports.get(path) ?? []).filter((name) => taken.has(prefix + name));
      return `export { ${names.map((name) => `${name} as ${prefix}${name}`).join(', ')} } from './${path}';`;
    });
  return [`export * from './${layer.source}';`, ...lines].join('\n');
}

/**
 * @param {Plan} plan
 * @param {Layer} [own] the layer that is built; none for the rest
 * @returns {esbuild.Plugin}
 */
function keepApart({ root, homes, exports, later }, own) {
  const ASKED = 'asked';
  return {
    name: 'keep-layers-apart',
    setup(build) {
      build.onResolve({ filter: /./ }, async ({ path: wanted, pluginData, ...args }) => {
        if (args.namespace === 'layer') return { path: wanted, external: true, sideEffects: false };
        if (pluginData === ASKED) return undefined;
        if (args.kind === 'entry-point') {
          return homes.has(wanted) ? { path: wanted, namespace: 'layer' } : undefined;
        }
        const found = await build.resolve(wanted, { ...args, pluginData: ASKED });
        if (found.external || found.errors.length > 0) return undefined;
        const path = relative(root, found.path).replaceAll('\\', '/');
        const home = homes.get(path);
        if (args.kind === 'dynamic-import' && home?.layer !== own) {
          const name = home?.layer.source === path ? home.layer.name : own && later.get(path);
          if (name !== undefined) return { path: `./${name}.js`, external: true };
        }
        if (!home || home.layer === own) return undefined;
        return { path, namespace: 'layer', sideEffects: false };
      });
      build.onLoad({ filter: /./, namespace: 'layer' }, ({ path }) => {
        const { layer, prefix } = /** @type {Home} */ (homes.get(path));
        // A statement each: esbuild leaves out only whole ones.
        const contents = (exports.get(path) ?? []).map(
          (name) => `export { ${prefix}${name} as ${name} } from './${layer.name}.js';`,
        );
        return { contents: contents.join('\n'), resolveDir: root };
      });
    },
  };
}
