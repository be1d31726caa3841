// The container images the tests start: pulled where a registry can be reached, else built here as
// equivalents that start, listen and store as the real ones do (see `images/*/Dockerfile`).
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import {
  asPart,
  benchPath,
  mayInstallPackages,
  progress,
  whyNotInstalled,
  withLock,
} from './bench.mjs';
import { debianBase } from './debian-base.mjs';
import { chromaReleases, chromaRequirement } from './python-chroma.mjs';
import { uv } from './uv.mjs';

const LABEL = 'chroma-tls.equivalent';
// So that an equivalent built by an older recipe is not taken for today's.
const RECIPE_LABEL = 'chroma-tls.recipe';
const recipesFolder = join(dirname(fileURLToPath(import.meta.url)), 'images');

/**
 * What each equivalent is made from. `chroma` is the Python package that goes into it.
 * @type {Record<string, { recipe: string, chroma?: string }>}
 */
const equivalents = {
  'chromadb/chroma:1.5.9': { recipe: 'chroma-rust', chroma: '1.5.9' },
  'nginx:1.29-alpine': { recipe: 'nginx' },
  'chromadb/chroma:0.5.13': { recipe: 'chroma-python', chroma: '0.5.13' },
  'chromadb/chroma:0.5.0': { recipe: 'chroma-python', chroma: '0.5.0' },
};

export const imageTags = Object.keys(equivalents);

/** @type {Promise<boolean> | undefined} */
let registryReachable;

/** @param {string} tag */
export function image(tag) {
  const say = progress(`image ${tag}`);
  return asPart(`image ${tag}`, () =>
    withLock(`image-${tag.replaceAll(/[^\w.-]/g, '-')}`, async () => {
      const present = await originOf(tag);
      if (present) {
        say(`already here (${present})`);
        return { available: true, origin: present };
      }
      // One answer serves all tags: an unreachable registry costs its time-out only once.
      registryReachable ??= pull(tag);
      if ((await registryReachable) && ((await originOf(tag)) ?? (await pull(tag)))) {
        say('pulled');
        return { available: true, origin: 'pulled' };
      }
      if (!mayInstallPackages) {
        return {
          available: false,
          reason: `no registry reachable; an equivalent: ${whyNotInstalled}`,
        };
      }
      await buildEquivalent(tag, say);
      say('built as an EQUIVALENT of the real image (no registry reachable)');
      return { available: true, origin: 'equivalent' };
    }),
  );
}

/** @param {string} tag */
async function originOf(tag) {
  const labels = ['inspect', '--format', '{{json .Config.Labels}}', tag];
  const { exitCode, stdout } = await execa('docker', ['image', ...labels], { reject: false });
  if (exitCode !== 0) return undefined;
  const found = /** @type {Record<string, string> | null} */ (JSON.parse(stdout));
  if (found?.[LABEL] !== 'true') return 'pulled';
  return found[RECIPE_LABEL] === (await recipeHash(tag)) ? 'equivalent' : undefined;
}

/** @param {string} tag */
async function recipeHash(tag) {
  const { recipe, chroma } = recipeFor(tag);
  const hash = createHash('sha256').update(chroma ? chromaRequirement(chroma).join(' ') : '');
  const folder = join(recipesFolder, recipe);
  for (const file of (await readdir(folder)).sort())
    hash.update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} tag */
function recipeFor(tag) {
  const found = equivalents[tag];
  if (!found) throw new Error(`there is no recipe for an equivalent of ${tag}`);
  return found;
}

/**
 * A reachable registry answers within seconds with "Pulling from …"; the layers may then take long.
 * @param {string} tag
 */
async function pull(tag) {
  const pulling = execa('docker', ['pull', tag], { reject: false, timeout: 600_000 });
  const silent = setTimeout(() => pulling.kill(), 20_000);
  pulling.stdout.once('data', () => {
    clearTimeout(silent);
  });
  const { exitCode } = await pulling;
  clearTimeout(silent);
  return exitCode === 0;
}

/**
 * @param {string} tag
 * @param {(text: string) => void} say
 */
async function buildEquivalent(tag, say) {
  const { recipe, chroma } = recipeFor(tag);
  const context = benchPath('image-contexts', tag.replaceAll(/[^\w.-]/g, '-'));
  await rm(context, { recursive: true, force: true });
  await mkdir(dirname(context), { recursive: true });
  await cp(join(recipesFolder, recipe), context, { recursive: true });
  const [base] = await Promise.all([debianBase(), chroma ? addChroma(context, chroma) : undefined]);
  say('building an equivalent');
  const labels = [
    '--label',
    `${LABEL}=true`,
    '--label',
    `${RECIPE_LABEL}=${await recipeHash(tag)}`,
  ];
  // The host's network: a fresh engine's bridge may have no name resolution.
  const network = ['--network', 'host'];
  const args = [...network, '--build-arg', `BASE=${base}`, ...labels, '--tag', tag, context];
  await execa('docker', ['build', ...args], { env: { DOCKER_BUILDKIT: '0' } });
  await rm(context, { recursive: true, force: true });
}

/**
 * The 0.5 images run from a source tree in /chroma, so the package itself is kept apart.
 * @param {string} context
 * @param {string} version
 */
async function addChroma(context, version) {
  const target = join(context, 'packages');
  const python = chromaReleases[version]?.python ?? '3.11';
  await uv(
    ['pip', 'install', '--compile-bytecode', '--python-version', python, '--target', target].concat(
      chromaRequirement(version),
    ),
  );
  await rename(join(target, 'chromadb'), join(context, 'chromadb'));
}
