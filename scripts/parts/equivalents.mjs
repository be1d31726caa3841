// What stands in for an image where no registry can be reached: built on a minimal Debian from the
// same programs, it starts, listens and stores as the real one does (see `images/*/Dockerfile`).
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { benchPath } from './bench.mjs';
import { debianBase } from './debian-base.mjs';
import { ENVOY_VERSION, envoyProgram } from './envoy.mjs';
import { chromaReleases, chromaRequirement } from './python-chroma.mjs';
import { uv } from './uv.mjs';

/**
 * @typedef {object} Equivalent
 * @property {string} recipe a folder in `images/`
 * @property {import('./debian-base.mjs').DebianSuite} base
 * @property {string} [programs] Debian packages, in the order of a command line
 * @property {string[]} [wheels] what uv installs
 * @property {(context: string) => Promise<void>} [prepare] puts them into the build's context
 */

/** @type {Record<string, Equivalent>} */
const equivalents = {
  'chromadb/chroma:1.5.9': chroma('1.5.9', 'chroma-rust', 'dumb-init', ['--no-deps']),
  'chromadb/chroma:0.6.3': chroma('0.6.3', 'chroma-python', 'curl'),
  'chromadb/chroma:0.5.13': chroma('0.5.13', 'chroma-python', 'curl'),
  'chromadb/chroma:0.5.0': chroma('0.5.0', 'chroma-python', 'curl'),
  'chromadb/chroma:0.4.24': chroma('0.4.24', 'chroma-python'),
  'chromadb/chroma:0.4.22': chroma('0.4.22', 'chroma-python-without-entrypoint'),
  'nginx:1.29-alpine': { recipe: 'nginx', base: 'trixie', programs: 'nginx-light busybox curl' },
  'openquantumsafe/openssl3': { recipe: 'openssl', base: 'trixie', programs: 'openssl' },
  [`envoyproxy/envoy:v${ENVOY_VERSION}`]: {
    recipe: 'envoy',
    base: 'bookworm',
    prepare: async (context) => cp(await envoyProgram(), join(context, 'envoy-program')),
  },
};

export const equivalentTags = Object.keys(equivalents);

const recipesFolder = join(dirname(fileURLToPath(import.meta.url)), 'images');

/**
 * @param {string} tag
 * @returns {Promise<string>} another one for another recipe, so that an image built by an older one
 *   is not taken for today's
 */
export async function recipeHash(tag) {
  const { recipe, base, programs = '', wheels = [] } = equivalentOf(tag);
  const hash = createHash('sha256').update([base, programs, ...wheels].join(' '));
  const folder = join(recipesFolder, recipe);
  for (const file of (await readdir(folder)).sort())
    hash.update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {string} tag of the image that is stood in for
 * @param {string[]} options for `docker build`: labels, and the names it is to have
 */
export async function buildEquivalent(tag, options) {
  const { recipe, base, programs = '', prepare } = equivalentOf(tag);
  const context = benchPath('image-contexts', tag.replaceAll(/[^\w.-]/g, '-'));
  await rm(context, { recursive: true, force: true });
  await mkdir(dirname(context), { recursive: true });
  await cp(join(recipesFolder, recipe), context, { recursive: true });
  const [baseImage] = await Promise.all([debianBase(base), prepare?.(context)]);
  // The host's network: a fresh engine's bridge may have no name resolution.
  const network = ['--network', 'host'];
  const inputs = ['--build-arg', `BASE=${baseImage}`, '--build-arg', `PROGRAMS=${programs}`];
  await execa('docker', ['build', ...network, ...inputs, ...options, context], {
    env: { DOCKER_BUILDKIT: '0' },
  });
  await rm(context, { recursive: true, force: true });
}

/** @param {string} tag */
function equivalentOf(tag) {
  const found = equivalents[tag];
  if (!found) throw new Error(`there is no recipe for an equivalent of ${tag}`);
  return found;
}

/**
 * The images of the `python` generation run from a source tree in /chroma, so the package itself is kept
 * apart from those it needs.
 * @param {string} version
 * @param {string} recipe
 * @param {string} [programs]
 * @param {string[]} [options] for `uv pip install`: the server of the `rust` generation needs no other package
 * @returns {Equivalent}
 */
function chroma(version, recipe, programs = '', options = []) {
  const wheels = [...options, ...chromaRequirement(version)];
  return {
    recipe,
    base: 'bookworm',
    programs,
    wheels,
    prepare: async (context) => {
      const target = join(context, 'packages');
      const python = chromaReleases[version]?.python ?? '3.11';
      const into = ['--python-version', python, '--target', target];
      await uv(['pip', 'install', ...into, ...wheels]);
      await rename(join(target, 'chromadb'), join(context, 'chromadb'));
    },
  };
}
