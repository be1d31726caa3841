// The base of all equivalents: a minimal Debian 12, whose Python is the 3.11 Chroma's images have.
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { benchPath, progress, withLock } from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

const IMAGE = 'chroma-tls-bench/debian:bookworm';

/** @type {Promise<string> | undefined} */
let base;

/** @returns {Promise<string>} its image name */
export function debianBase() {
  base ??= withLock('debian-base', build);
  return base;
}

async function build() {
  const { exitCode } = await execa('docker', ['image', 'inspect', IMAGE], { reject: false });
  if (exitCode === 0) return IMAGE;
  const say = progress('debian base');
  say('debootstrap (about half a minute)');
  await ensureDebianPackages(['debootstrap']);
  const root = benchPath('debian-root');
  await rm(root, { recursive: true, force: true });
  await execa('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', root]);
  const unneeded = ['./var/cache/apt', './dev', './usr/share/doc', './usr/share/man'];
  const exclude = unneeded.map((path) => `--exclude=${path}/*`);
  // Node's pipes, not a shell's: the archive never touches the disk.
  await execa('tar', ['-C', root, ...exclude, '-c', '.'], { buffer: false }).pipe('docker', [
    'import',
    '-',
    IMAGE,
  ]);
  await rm(root, { recursive: true, force: true });
  say('ready');
  return IMAGE;
}
