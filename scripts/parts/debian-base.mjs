// The bases of the equivalents, each made once: Debian 12, whose Python is the 3.11 that Chroma's
// images have, and Debian 13, whose nginx is new enough for today's configuration.
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { benchPath, progress, withLock } from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

/** Packages beyond the bare minimum, here because several equivalents want them. */
const suites = /** @type {const} */ ({
  bookworm: ['ca-certificates', 'python3'],
  trixie: ['ca-certificates'],
});

/** @typedef {keyof typeof suites} DebianSuite */

/** @type {Map<DebianSuite, Promise<string>>} */
const bases = new Map();

/**
 * @param {DebianSuite} suite
 * @returns {Promise<string>} its image name
 */
export function debianBase(suite) {
  const known = bases.get(suite);
  if (known) return known;
  const made = withLock(`debian-${suite}`, () => build(suite));
  bases.set(suite, made);
  return made;
}

/** @param {DebianSuite} suite */
async function build(suite) {
  const packages = suites[suite].join(',');
  const image = `chroma-tls-bench/debian:${suite}-${packages.replaceAll(',', '-')}`;
  const { exitCode } = await execa('docker', ['image', 'inspect', image], { reject: false });
  if (exitCode === 0) return image;
  const say = progress(`debian ${suite}`);
  say('debootstrap (about half a minute)');
  await ensureDebianPackages(['debootstrap']);
  const root = benchPath(`debian-root-${suite}`);
  await rm(root, { recursive: true, force: true });
  await execa('debootstrap', ['--variant=minbase', `--include=${packages}`, suite, root]);
  const unneeded = ['./var/cache/apt', './dev', './usr/share/doc', './usr/share/man'];
  const exclude = unneeded.map((path) => `--exclude=${path}/*`);
  // Node's pipes, not a shell's: the archive never touches the disk.
  await execa('tar', ['-C', root, ...exclude, '-c', '.'], { buffer: false }).pipe('docker', [
    'import',
    '-',
    image,
  ]);
  await rm(root, { recursive: true, force: true });
  say('ready');
  return image;
}
