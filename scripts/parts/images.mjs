// The container images the tests start: pulled where a registry can be reached, else built here as
// equivalents.
import { execa } from 'execa';
import { asPart, mayInstallPackages, progress, whyNotInstalled, withLock } from './bench.mjs';
import { buildEquivalent, equivalentTags, recipeHash } from './equivalents.mjs';

const LABEL = 'chroma-tls.equivalent';

export const imageTags = equivalentTags;

/** @type {Promise<boolean> | undefined} */
let registryReachable;

/** @param {string} tag */
export function image(tag) {
  const say = progress(`image ${tag}`);
  return asPart(`image ${tag}`, () =>
    withLock(`image-${tag.replaceAll(/[^\w.-]/g, '-')}`, async () => {
      if (await isPulled(tag)) {
        say('already here (pulled)');
        return { available: true, origin: 'pulled' };
      }
      // Kept by its recipe too: two clones with different recipes then only swap the tag.
      const built = `chroma-tls-bench/equivalent:${await recipeHash(tag)}`;
      if (await labelsOf(built)) {
        await execa('docker', ['tag', built, tag]);
        say('already here (equivalent)');
        return { available: true, origin: 'equivalent' };
      }
      // One answer serves all tags: an unreachable registry costs its time-out only once.
      registryReachable ??= pull(tag);
      if ((await registryReachable) && ((await isPulled(tag)) || (await pull(tag)))) {
        say('pulled');
        return { available: true, origin: 'pulled' };
      }
      if (!mayInstallPackages) {
        return {
          available: false,
          reason: `no registry reachable; an equivalent: ${whyNotInstalled}`,
        };
      }
      say('building an equivalent');
      await buildEquivalent(tag, ['--label', `${LABEL}=true`, '--tag', built, '--tag', tag]);
      say('built as an EQUIVALENT of the real image (no registry reachable)');
      return { available: true, origin: 'equivalent' };
    }),
  );
}

/** @param {string} tag */
async function isPulled(tag) {
  const labels = await labelsOf(tag);
  return labels !== undefined && labels[LABEL] !== 'true';
}

/**
 * @param {string} name
 * @returns {Promise<Record<string, string> | undefined>} undefined if there is no such image
 */
async function labelsOf(name) {
  const labels = ['inspect', '--format', '{{json .Config.Labels}}', name];
  const { exitCode, stdout } = await execa('docker', ['image', ...labels], { reject: false });
  return exitCode === 0 ? (JSON.parse(stdout) ?? {}) : undefined;
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
